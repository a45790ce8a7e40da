# One virtual environment, made once and again whenever the pins change.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup demo run check test lint types contracts tests format bench pictures pins clean

setup: $(READY)

$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Verbatim needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(BIN)/python -m bot demo

run: setup
	$(BIN)/python -m bot run

check: setup
	$(BIN)/python -m bot check

test: lint types contracts tests

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

tests: setup
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n 5 --dist worksteal --quiet
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python -m tests.bench

# The pictures of the README; needs a Chromium.
pictures: setup
	PICTURES=docs REQUIRE_BROWSER=1 $(BIN)/python -m pytest --quiet tests/browser/test_pictures.py

# Rewrites the pinned, hashed requirements from pyproject.toml; needs uv. What runs is what was tested.
PIN := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	--no-annotate pyproject.toml
pins:
	$(PIN) --extra dev --output-file requirements/dev.txt
	$(PIN) --constraint requirements/dev.txt --output-file requirements/run.txt

clean:
	rm -rf $(VENV) .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache
