# make demo         the whole path, shown (OUTAGE=redis: without Redis from half-way on)
# make dev          the stack, kept up, with reload
# make test         every test
# make soak         the same at full length: every cell of every table, every step of every crash
# make bench        what must stay fast, beside its peers
# make check        lint, types, imports, generated files
# make lock         the requirements, locked anew from pyproject.toml
# make templates    the mails, compiled anew from their sources
.PHONY: help demo test dev check lint types fresh lock templates soak bench venv
.DEFAULT_GOAL := demo

py := .venv/bin/python

help:
	@sed -n 's/^# //p' Makefile

demo: venv
	@$(py) -m infra demo $(if $(OUTAGE),--outage '$(OUTAGE)')

dev: venv
	@$(py) -m infra dev

# Four at once on two cores as well: half of a test is waiting.
test: venv
	@$(py) -m pytest -n 4 --dist loadgroup --reruns 1

soak: venv
	@MILLRACE_SOAK=1 $(py) -m pytest -n 4 --dist loadgroup --timeout 1800

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
