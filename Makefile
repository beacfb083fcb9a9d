# Everything runs from .venv, made here from pyproject.toml and constraints.txt; `make help` lists the targets.

PYTHON ?= python3
# Tests of servers mostly wait, so three at a time use two cores well; each of the three has servers of its own.
TESTS_AT_ONCE ?= 3
# In the order in which tests/conftest.py puts them: by number of tests, the few and long ones would come last.
AT_ONCE := -n $(TESTS_AT_ONCE) --dist loadfile --no-loadscope-reorder
BIN := .venv/bin
# Tests start some hundred commands: without bytecode, each would compile the adapter anew.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest
PIP := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test bench laws drill lint types format docs clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null \
	  || sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1   \2/p' Makefile

demo: .venv/.runtime ## the national systems to every partner and back, on one machine
	$(BIN)/eodes demo --out build/demo </dev/null

test: .venv/.dev ## servers, lint, types, layers and all tests (INSTALL=1 installs missing servers with apt)
	$(BIN)/python tests/install_servers.py </dev/null
	$(MAKE) --no-print-directory lint types
	$(PYTEST) $(AT_ONCE) -m 'not drill' </dev/null

bench: .venv/.bench ## speed as a fraction of parse and validate; writes build/bench.json
	$(BIN)/python -m benchmarks </dev/null

laws: .venv/.dev ## the laws of the tables with 500 generated examples each
	$(PYTEST) $(AT_ONCE) --hypothesis-profile=laws -k laws </dev/null

drill: .venv/.dev ## kill processes and show that nothing is lost, two drills at a time
	$(BIN)/python tests/install_servers.py </dev/null
	$(PYTEST) -n 2 -m drill </dev/null

lint: .venv/.dev ## style, format and the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/.dev ## mypy, strict
	$(BIN)/mypy

format: .venv/.dev ## rewrite the sources in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/.runtime ## write docs/rules.md, metrics.md and log.md anew
	$(BIN)/python docs/make_rules.py
	$(BIN)/python docs/make_watch.py

clean: ## remove what was built, keep .venv
	rm -rf build dist .hypothesis .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

# One stamp for each install, so that `make demo` fetches only what it runs.
.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Python 3.11 or later is needed; name one with: make PYTHON=python3.12' >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'The venv module is missing; on Debian or Ubuntu: sudo apt-get install python3-venv' >&2; exit 2; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.runtime: .venv/.made pyproject.toml constraints.txt
	@echo 'Installing what the adapter runs on into .venv ...'
	@$(PIP) -e . </dev/null
	@touch $@

.venv/.dev: .venv/.made pyproject.toml constraints.txt
	@echo 'Installing the adapter and what tests it into .venv ...'
	@$(PIP) -e '.[dev,postgresql,opentelemetry]' </dev/null
	@touch .venv/.runtime $@

.venv/.bench: .venv/.dev
	@echo 'Installing what the benchmarks compare with into .venv ...'
	@$(PIP) -e '.[dev,postgresql,opentelemetry,bench]' </dev/null
	@touch $@
