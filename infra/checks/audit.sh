#!/bin/sh
# Known faults of every package in every lock, asked of PyPI and npm. All are asked before it fails.
set -u

status=0
sh infra/checks/venv.sh || exit
for lock in $(git ls-files '*requirements.txt' | xargs grep -l -e '--hash='); do
    echo "$lock"
    .local/checks/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r "$lock" || status=1
done
for lock in $(git ls-files '*package-lock.json'); do
    echo "$lock"
    npm audit --prefix "$(dirname "$lock")" || status=1
done
exit $status
