#!/bin/sh
# Writes the locked, hashed requirements from pyproject.toml; with --check, fails if that would change one of them.
# What is locked already stays as it is, but for --upgrade, or --upgrade-package NAME.
set -eu

locks="requirements.txt infra/requirements.txt infra/templates/requirements.txt infra/checks/requirements.txt tests/requirements.txt"

compile() {
    .venv/bin/uv pip compile --quiet --system-certs --no-config --universal --python-version 3.11 --generate-hashes --no-annotate \
        --no-header --no-emit-index-url --prerelease if-necessary-or-explicit $upgrade "$@"
}

upgrade=""
if [ "${1:-}" = "--check" ]; then
    folder="$(mktemp -d)"
    trap 'rm -rf "$folder"' EXIT
    mkdir -p "$folder/infra/templates" "$folder/infra/checks" "$folder/tests"
    for lock in $locks; do
        cp "$lock" "$folder/$lock"
    done
else
    folder=. upgrade="$*"
fi

compile pyproject.toml -o "$folder/requirements.txt"
compile --group infra -c requirements.txt -o "$folder/infra/requirements.txt"
compile --group node -o "$folder/infra/templates/requirements.txt"
compile --group checks -o "$folder/infra/checks/requirements.txt"
compile --group tests -c requirements.txt -c infra/requirements.txt -o "$folder/tests/requirements.txt"

for lock in $locks; do
    if ! cmp -s "$folder/$lock" "$lock"; then
        echo "$lock is not what pyproject.toml asks for: run 'make lock'" >&2
        exit 1
    fi
done
