#!/bin/sh
# Makes .venv with what the locks say, if it is not there yet. Prints the progress; the second run takes no time.
set -eu

fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
wanted="$(cat requirements.txt infra/requirements.txt tests/requirements.txt | cksum)"
stamp=.venv/.installed

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && .venv/bin/python -c "$fits" 2>/dev/null; then
    exit 0
fi

python=""
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    if "$candidate" -c "$fits" >/dev/null 2>&1; then
        python="$candidate"
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11, 3.12 or 3.13 is needed. On Debian and Ubuntu: apt install python3 python3-venv" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
    echo "Python's venv module is a package of its own here. Install it: apt install python${version}-venv" >&2
    exit 1
fi

echo "Setting up .venv with $("$python" --version): half a minute or so, once."
"$python" -m venv --clear .venv
# uv by pip, the rest by uv, which needs a tenth of pip's time; by pip where an index is one that only pip is told of.
sed -n '/^uv==/,/[^\\]$/p' infra/requirements.txt |
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r /dev/stdin
set -- --quiet --no-deps --require-hashes -r requirements.txt -r infra/requirements.txt -r tests/requirements.txt
echo "  installing $(cat requirements.txt infra/requirements.txt tests/requirements.txt | grep -c '==') packages, hashes checked"
if ! .venv/bin/uv pip install --python .venv/bin/python --system-certs "$@"; then
    echo "  once more, by pip"
    .venv/bin/python -m pip install --disable-pip-version-check "$@"
fi
.venv/bin/python -m pip check --quiet
echo "$wanted" > "$stamp"
