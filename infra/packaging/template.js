'use strict';

// A plugin of osls that adds to the stack what its own format has no words for:
//
//   infra/resources/function.yml       once for every function: its role and its alarms, so that a new one has them too
//   infra/resources/permissions.yml    more statements for the roles of those functions that it names
//   infra/resources/dashboard.yml      the dashboard's body, which CloudFormation wants as a text

class Template {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:package:setupProviderConfiguration': () => this.add() };
  }

  add() {
    const { service, classes } = this.serverless;
    const { naming } = this.serverless.getProvider('aws');
    const { permissions, eachFunction, dashboard } = service.custom;
    const unknown = Object.keys(permissions.functions).filter((name) => !(name in service.functions));
    if (unknown.length) {
      throw new classes.Error(`infra/resources/permissions.yml speaks of no function: ${unknown}`, 'NOT_PACKAGED');
    }
    const { Resources: resources } = service.provider.compiledCloudFormationTemplate;
    for (const name of service.getAllFunctions()) {
      const id = naming.getNormalizedFunctionName(name);
      const made = filled(eachFunction, { FUNCTION_ID: id, FUNCTION_NAME: name });
      const role = `${id}Role`;
      made[role].Properties.Policies[0].PolicyDocument.Statement.push(...(permissions.functions[name] ?? []));
      Object.assign(resources, made);
      service.getFunction(name).role = role;
    }
    resources.Dashboard = {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: naming.getStackName(),
        DashboardBody: { 'Fn::Sub': JSON.stringify(filled(dashboard, { HTTP_API_ID: '${HttpApi}' })) },
      },
    };
  }
}

function filled(value, words) {
  const text = JSON.stringify(value);
  return JSON.parse(Object.entries(words).reduce((so, [word, instead]) => so.replaceAll(word, instead), text));
}

module.exports = Template;
