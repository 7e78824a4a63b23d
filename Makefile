# kopdes: `make demo` runs it, `make test` checks it. Every target brings what it needs into .venv/, from the
# hash-pinned lock files of requirements/, by uv where there is one and by python -m venv and pip where not.
SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help install demo test checks tests faults bench lint format lock clean
.NOTPARALLEL:

PYTHON ?=
BIN := .venv/bin
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml

help:
	@echo 'make demo     the service, a seeded province and the simulator, at http://127.0.0.1:8080'
	@echo 'make test     linters, types, import rules and the whole test suite'
	@echo 'make install  only the set-up: .venv/bin/kopdes'
	@echo 'make faults   the long fault runs at full size'
	@echo 'make bench    the benchmarks beside their peers'
	@echo 'make lint     the checks without the tests;  make format  rewrites;  make lock  new lock files;  make clean'

install: .venv/.run

demo: .venv/.run
	@echo "kopdes: the simulator's page comes up at http://127.0.0.1:$${KOPDES_HTTP_PORT:-8080} in a few seconds; Ctrl-C stops it"
	@exec $(BIN)/kopdes demo

# The linters first, since they are quick; the tests run whatever those say, and their line is the last. The
# tests are compiled meanwhile, once, and not by each of the four workers.
unexport PYTHONDONTWRITEBYTECODE
test: .venv/.dev
	@$(BIN)/pytest --collect-only -qq >/dev/null 2>&1 & \
	$(MAKE) --no-print-directory checks && checked=0 || checked=$$?; \
	$(MAKE) --no-print-directory tests && tested=0 || tested=$$?; \
	exit $$((checked + tested > 0))

lint checks: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

tests: .venv/.dev
	$(BIN)/pytest -n 4 --dist loadfile

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

faults: .venv/.dev
	KOPDES_FAULTS=full $(BIN)/pytest tests/faults

bench: .venv/.bench
	$(BIN)/python -m tests.bench

lock:
	$(LOCK) --group build -o requirements/run.txt
	$(LOCK) --group build --group dev --group bench -c requirements/run.txt -o requirements/bench.txt
	$(LOCK) --group build --group dev -c requirements/run.txt -c requirements/bench.txt -o requirements/dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info

# A stamp is newer than its lock file while .venv holds that lock. dev is run and more, bench is dev and more.
.venv/.run: requirements/run.txt pyproject.toml requirements/install.sh
	@PYTHON='$(PYTHON)' sh requirements/install.sh run

.venv/.dev: requirements/dev.txt .venv/.run
	@PYTHON='$(PYTHON)' sh requirements/install.sh dev

.venv/.bench: requirements/bench.txt .venv/.dev
	@PYTHON='$(PYTHON)' sh requirements/install.sh bench
