# make demo         the whole path, shown (OUTAGE=redis: without Redis from half-way on; ARTIFACTS=1: from what ships)
# make dev          the stack, kept up, with reload
# make test         every test
# make soak         the same at full length: every cell of every table, every step of every crash
# make bench        what must stay fast, beside its peers
# make check        lint, types, imports, generated files
# make lock         the requirements, locked anew from pyproject.toml
# make upgrade      the same, each package in its newest version
# make audit        known faults of every package in every lock (asks PyPI and npm)
# make templates    the mails, compiled anew from their sources
# make package      what a deploy would ship, without credentials (STAGE=dev, staging or prod)
# make deploy       the same, deployed to STAGE with the AWS credentials at hand
.PHONY: help demo test dev check lint types fresh lock upgrade audit templates soak bench package deploy venv
.DEFAULT_GOAL := demo

py := .venv/bin/python

help:
	@sed -n 's/^# //p' Makefile

demo: venv
	@$(py) -m infra demo $(if $(OUTAGE),--outage '$(OUTAGE)') $(if $(ARTIFACTS),--artifacts)

dev: venv
	@$(py) -m infra dev

# Four at once on two cores as well: half of a test is waiting.
test: venv
	@$(py) -m pytest -n 4 --dist loadgroup --reruns 1 -raR

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

upgrade: venv
	@sh infra/lock.sh --upgrade

audit: venv
	@sh infra/checks/audit.sh

templates: venv
	@$(py) -m infra templates compile

package deploy: venv
	@sh infra/packaging/osls.sh $@ --stage $(or $(STAGE),$(error which stage? make $@ STAGE=dev, staging or prod))

venv:
	@sh infra/venv.sh
