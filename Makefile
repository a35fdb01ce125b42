# Needs Python 3.10 or newer, pip, git and make; everything else goes into .venv.
# Another interpreter: make PYTHON=python3.12 <target>

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two targets must not install into the one environment at the same time.
.NOTPARALLEL:

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' \
		$(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(VENV)/demo.stamp ## find, explain and fix a frozen server, and measure it before and after
	@$(PY) examples/demo.py

.PHONY: check
check: $(VENV)/dev.stamp ## formatter, linter, types, import layers, and async-block on itself
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-cache
	$(PY) -m flake8_async_block check src

.PHONY: test
test: $(VENV)/dev.stamp ## the whole test suite
	$(PY) -m pytest -n auto --dist loadgroup $(ARGS)

.PHONY: test-all
test-all: $(VENV)/dev.stamp ## the test suite on every Python from 3.10 on that this machine has
	$(PY) -m nox

.PHONY: bench
bench: $(VENV)/created.stamp ## measure async-block beside its peers, and write docs/benchmarks.md
	$(PY) bench/speed.py $(ARGS)

.PHONY: catalogue-check
catalogue-check: ## prove the catalogue against the real packages: slow, several gigabytes
	$(PYTHON) -m catalogue_check

.PHONY: format
format: $(VENV)/dev.stamp ## format the code, and apply what the linter can mend
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

.PHONY: clean
clean: ## remove everything that the other targets made
	rm -rf $(VENV) .nox build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests examples -type d -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/dev.stamp: $(VENV)/created.stamp pyproject.toml
	@echo "Installing the development tools into $(VENV) …"
	@$(PIP_INSTALL) --editable '.[dev]'
	@touch $@

$(VENV)/demo.stamp: $(VENV)/created.stamp pyproject.toml
	@echo "Installing async-block and what the examples need into $(VENV) …"
	@$(PIP_INSTALL) --editable '.[demo]'
	@touch $@

# An environment whose interpreter has gone (an upgrade, a moved directory) is made anew.
ifneq ($(shell $(PY) -c 'print("works")' 2>/dev/null),works)
.PHONY: $(VENV)/created.stamp
endif
$(VENV)/created.stamp:
	@command -v $(PYTHON) >/dev/null || { \
		echo "There is no '$(PYTHON)' here; name a Python from 3.10 on: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
		echo "async-block needs Python 3.10 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1);" \
			"name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@
