# Two commands matter: `make run` and `make test`. Both need Python ≥ 3.11 with venv, and nothing else by hand.
SHELL := /bin/bash
PY ?= python3
BIN := .venv/bin
STORE ?= cellar.db
PORT ?= 8321

.PHONY: run test lint unit web bench report proofs clean

run: .venv/run
	@exec $(BIN)/cellarhand serve --store $(STORE) --port $(PORT) --demo

test: .venv/dev
	@tools/need.sh test chromium strace
	$(MAKE) --no-print-directory lint unit

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: .venv/dev
	$(BIN)/python -m pytest -n 2 --dist worksteal

bench: .venv/dev
	@tools/need.sh bench wrk chromium
	$(BIN)/python -m bench

report: .venv/dev
	$(BIN)/python -m bench.report

proofs: .venv/dev
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m bench.proofs

.venv/run: pyproject.toml constraints.txt
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cellarhand needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@test -x $(BIN)/python || $(PY) -m venv .venv
	@echo "Making the environment (once, about a minute) …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/dev: .venv/run
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
