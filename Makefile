# make demo    the whole path, shown        make dev     the stack, kept up, with reload
#              (OUTAGE=redis: without Redis from half-way on)
# make test    every test                   make check   lint, types, imports, generated files
.PHONY: demo test dev check lint types fresh lock templates soak bench venv
.DEFAULT_GOAL := demo

py := .venv/bin/python

demo: venv
	@$(py) -m infra demo $(if $(OUTAGE),--outage '$(OUTAGE)')

dev: venv
	@$(py) -m infra dev

test: venv
	@$(py) -m pytest -n auto --maxprocesses 4 --dist loadgroup

soak: venv
	@MILLRACE_SOAK=1 $(py) -m pytest -n auto --maxprocesses 4 --dist loadgroup --timeout 1800

bench: venv
	@$(py) -m tests.benchmarks

check: lint types fresh

lint: venv
	@$(py) -m ruff check .
	@$(py) -m ruff format --check .
	@.venv/bin/lint-imports --no-cache

types: venv
	@$(py) -m mypy

fresh: venv
	@$(py) -m infra templates check
	@sh infra/lock.sh --check

lock: venv
	@sh infra/lock.sh

templates: venv
	@$(py) -m infra templates compile

venv:
	@sh infra/venv.sh
