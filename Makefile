# One virtual environment: first what runs, then what developers need on top. It is made once, and again when a
# lock changes. A lock names every package with its hashes, so pip resolves nothing: it installs the list and checks it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Copies of the locks that are installed.
RUN := $(VENV)/run.txt
DEV := $(VENV)/dev.txt
# Helm's library and a Caddy are large and needed by few, so they have an environment of their own.
DEPLOY := $(VENV)/deploy

.PHONY: setup demo run check test test-fast lint types contracts tests coverage languages cases test-deploy format bench soak storm texts pictures pins clean

setup: $(RUN)

# Isolated: what PYTHONPATH names is neither seen nor checked.
PIP = $(@D)/bin/python -I -m pip --disable-pip-version-check
INSTALL = $(PIP) install --quiet --no-deps --require-hashes --requirement $< && $(PIP) check && cp $< $@

$(RUN): requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Verbatim needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@if cmp -s $< $@; then touch $@; else \
		echo "Setting up $(VENV) with the packages that the bot needs: about 30 seconds, only once."; \
		$(PYTHON) -m venv --clear $(VENV) && $(INSTALL); fi

# A package that left the lock would stay, so a changed one is installed from scratch.
$(DEV): requirements/dev.txt $(RUN)
	@if cmp -s $< $@; then touch $@; else \
		if [ -e $@ ]; then rm -r $(VENV) && $(MAKE) --no-print-directory setup || exit; fi; \
		echo "Adding to $(VENV) the packages that developers need: about 60 seconds, only once."; \
		$(INSTALL); fi

demo: $(RUN)
	$(BIN)/python -m bot demo

run: $(RUN)
	$(BIN)/python -m bot run

check: $(RUN)
	$(BIN)/python -m bot check

test: lint types contracts tests languages

lint: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(DEV)
	$(BIN)/mypy

contracts: $(DEV)
	$(BIN)/lint-imports

tests: $(DEV)
	$(BIN)/python -m pytest -n 3 --no-loadscope-reorder --quiet

# The same, and which lines they reach: that takes them nearly twice as long.
coverage: $(DEV)
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n 3 --no-loadscope-reorder --quiet
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# Every story once more in another language, but for those of crowds, slots and parts, which take long and say little. By
# their names in order, the first file and every other one after it is told among people whose Telegram is in Arabic, and
# the files between them in Russian, beside each other.
OF_MANY := a_crowd_at_once every_listed_recording long_recordings parts_side_by_side several_processes_write \
	slots_at_the_provider two_replicas
STORIES := $(sort $(filter-out $(OF_MANY:%=tests/flow/test_%.py), $(wildcard tests/flow/test_*.py)))

languages: $(DEV)
	printf '%s\n' 'ar p;n' 'ru n;p' | xargs -P 2 -L 1 sh -c \
		'INTERFACE=$$0 exec $(BIN)/python -m pytest --quiet $$(printf "%s\n" $(STORIES) | sed -n "$$1")'

# What the bot makes of every recording and of every refusal, as a table; it is a part of `tests` too.
cases: $(DEV)
	$(BIN)/python -m pytest --quiet tests/cases

$(DEPLOY)/deploy.txt: requirements/deploy.txt $(DEV)
	@if cmp -s $< $@; then touch $@; else \
		echo "Setting up $(DEPLOY) with Helm's library and Caddy: about 30 seconds and 120 MB, only once."; \
		$(PYTHON) -m venv --clear $(DEPLOY) && $(INSTALL); fi

# Tries what stands in deploy/ with a real Caddy, and with Helm's library; `tests` does it too, once these are there.
test-deploy: $(DEPLOY)/deploy.txt
	REQUIRE_DEPLOY=1 $(BIN)/python -m pytest --quiet tests/unit/project/test_caddy.py tests/unit/project/test_chart.py

# Less than a minute: without the tests that start other programs.
test-fast: $(DEV)
	$(BIN)/python -m pytest -n 3 --no-loadscope-reorder -m "not process" --quiet

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# OLD names a commit to compare with, SCENARIOS some of the scenarios.
OLD :=
RUNS := 1
SCENARIOS :=

bench: $(DEV)
	$(BIN)/python -m tests.bench $(if $(OLD),--old $(OLD)) --runs $(RUNS) $(SCENARIOS)

KILLS := 300
REPLICAS := 1
JOBS := 2000
SEED := 1

soak: $(DEV)
	$(BIN)/python -m tests.soak $(JOBS) $(SEED)

storm: $(DEV)
	$(BIN)/python -m tests.storm --replicas $(REPLICAS) $(KILLS) $(SEED)

# Brings the catalogues up to date with the sentences in the code, and says how many are not translated.
texts: $(DEV)
	$(BIN)/python -m tests.translating

# The pictures of the documents; needs a Chromium.
pictures: $(DEV)
	PICTURES=docs REQUIRE_BROWSER=1 $(BIN)/python -m pytest --quiet tests/browser/test_pictures.py

# Rewrites the pinned, hashed requirements from pyproject.toml; needs uv. What runs is what was tested.
PIN := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	--no-annotate
pins:
	$(PIN) pyproject.toml --extra postgres --extra dev --output-file requirements/dev.txt
	$(PIN) pyproject.toml --extra postgres --constraint requirements/dev.txt --output-file requirements/run.txt
	$(PIN) --group deploy --output-file requirements/deploy.txt

clean:
	rm -rf $(VENV) .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache
