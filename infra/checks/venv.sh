#!/bin/sh
# Makes .local/checks, the environment of checkov and pip-audit, with what infra/checks/requirements.txt says. It is not
# .venv: checkov pins older versions of much that the bundle uses.
set -eu

wanted="$(cksum < infra/checks/requirements.txt)"
stamp=.local/checks/.installed
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
    exit 0
fi
.venv/bin/uv venv --quiet --no-config --clear --python .venv/bin/python .local/checks
.venv/bin/uv pip install --quiet --system-certs --no-config --no-deps --require-hashes --python .local/checks/bin/python \
    -r infra/checks/requirements.txt
echo "$wanted" > "$stamp"
