'use strict';

// A plugin of osls that ships what the tree says: before anything is packaged it builds the functions' artifacts
// (`python -m infra build`, which leaves alone what has not changed) and names each function's zip as its package.
//
// An artifact for the machine at hand (`build --here`) lies in another folder, so that it can't be deployed. The local
// stage is refused: what it names is on one machine.

const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

const PYTHON = join('.venv', 'bin', 'python');

class Build {
  constructor(serverless, options) {
    this.serverless = serverless;
    this.hooks = {
      'before:package:cleanup': () => this.build(serverless.service.getAllFunctions()),
      'before:package:function:package': () => this.build([options.function]),
    };
  }

  build(names) {
    const { service, serviceDir } = this.serverless;
    const { architecture } = service.provider;
    if (this.serverless.getProvider('aws').getStage() === 'local') {
      this.refuse('the stage `local` is one machine and is deployed nowhere: `make dev` runs it');
    }
    const command = ['-m', 'infra', 'build', '--architecture', architecture, ...names];
    const { status, error } = spawnSync(PYTHON, command, { cwd: serviceDir, stdio: ['ignore', 'inherit', 'inherit'] });
    if (error) this.refuse(`${PYTHON} could not be started (${error.code}): \`make venv\` makes it`);
    if (status !== 0) this.refuse('the artifacts were not built; the lines above say why');
    for (const name of names) {
      const entry = service.getFunction(name);
      const artifact = join('.local', 'artifacts', architecture, `${name}.zip`);
      // Without `individually` osls packages all the same, and misses a zip of the whole service when it deploys.
      entry.package = { ...entry.package, individually: true, artifact };
    }
  }

  refuse(reason) {
    throw new this.serverless.classes.Error(reason, 'NOT_PACKAGED');
  }
}

module.exports = Build;
