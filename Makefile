# `make demo` does the main job, `make test` proves it. Both set up all they need on a machine with
# Python 3.11 or newer, git and make.
.DELETE_ON_ERROR:
.PHONY: help demo site test check install browser postgres lock measure clean

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
WORKERS ?= auto

help:
	@echo 'make demo     code the bundled reports and print the Ciphr record with its evidence'
	@echo 'make site     the same, then open the site'
	@echo 'make test     lint, types, import rules and all tests'
	@echo 'make check    lint, types and import rules alone'
	@echo 'make measure  print the figures of docs/measured.md (needs ../shared)'

demo: install
	@$(BIN)/incidex demo --no-serve
	@echo
	@echo 'Next: make site opens the pages; $(BIN)/incidex --help lists the commands.'

site: install
	@$(BIN)/incidex demo

test: check browser postgres
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -q

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

measure: install
	$(BIN)/python bench/coding.py
	$(BIN)/python bench/speed.py
	$(BIN)/python bench/demonstration.py
	$(BIN)/python bench/language.py
	$(BIN)/python bench/log.py
	$(BIN)/python bench/reading.py
	$(BIN)/python bench/reviewing.py
	$(BIN)/python bench/start.py

# The lock file decides every version. pip installs from it, so that a machine needs nothing but Python.
install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml requirements.lock
	@scripts/install $(PYTHON) $(VENV)
	@touch $@

browser:
	@scripts/browser

postgres:
	@scripts/postgres

lock:
	@scripts/lock $(VENV)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
