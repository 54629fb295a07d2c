#!/bin/sh
# Runs osls, as infra/package-lock.json has it, from the repository's root: `sh infra/packaging/osls.sh package --stage prod`.
# What is missing is installed once: osls itself, and Node into .venv on a machine that has none.
set -eu

node_fits() { node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; }

node_fits || export PATH="$PWD/.venv/bin:$PATH"
if ! node_fits; then
    echo "Installing Node into .venv: a few seconds, once." >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r infra/templates/requirements.txt
fi

wanted="$(cksum < infra/package-lock.json)"
stamp=infra/node_modules/.installed
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
    echo "Installing osls into infra/node_modules: half a minute, once." >&2
    npm ci --prefix infra --ignore-scripts --no-progress --no-audit --no-fund >&2
    echo "$wanted" > "$stamp"
fi

exec node infra/node_modules/osls/bin/serverless.js "$@"
