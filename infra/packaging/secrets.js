'use strict';

// A plugin of osls that names each secret once. CloudFormation takes 60 dynamic references in a template
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html), and the functions have more
// than that between them: so each reference is the default of a parameter, and what the functions have is the parameter.
//
//   environment   MONGODB_URI: "{{resolve:..}}"  ▸  MONGODB_URI: {Ref: SecretMongodbUri}
//   Parameters                                      SecretMongodbUri: {NoEcho: true, Default: "{{resolve:..}}"}
//
// A deploy gives no parameter, so that the template's own default counts, each time anew. It is done before any command,
// because `deploy function` sends an environment as it stands, and would send the reference: with a Ref in it, it sends none.

const REFERENCE = /^\{\{resolve:[^{}]+\}\}$/;

class Secrets {
  constructor(serverless) {
    this.serverless = serverless;
    this.parameters = {};
    this.hooks = {
      initialize: () => this.name(),
      'before:package:setupProviderConfiguration': () => this.declare(),
    };
  }

  name() {
    const { service } = this.serverless;
    const environments = service.getAllFunctions().map((name) => service.getFunction(name).environment);
    for (const environment of [service.provider.environment, ...environments]) {
      for (const [key, value] of Object.entries(environment ?? {})) {
        if (!REFERENCE.test(value)) continue;
        const id = `Secret${key.split('_').map(capital).join('')}`;
        this.parameters[id] = { Type: 'String', NoEcho: true, Default: value };
        environment[key] = { Ref: id };
      }
    }
  }

  declare() {
    const template = this.serverless.service.provider.compiledCloudFormationTemplate;
    template.Parameters = { ...template.Parameters, ...this.parameters };
  }
}

function capital(word) {
  return word[0] + word.slice(1).toLowerCase();
}

module.exports = Secrets;
