# Two commands matter: `make demo` and `make test`. Python 3.11 or newer and make are enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
SERVE ?= 1

.PHONY: install demo run setup stop test check bench fmt lock

install: $(VENV)/installed static/vendor/echarts.min.js

$(VENV)/installed: requirements/dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/dev.txt
	touch $@

static/vendor/echarts.min.js: package-lock.json | $(VENV)/installed
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --no-audit --no-fund
	mkdir -p static/vendor
	cp node_modules/echarts/dist/echarts.min.js $@

demo: install
	DEMO=1 $(MANAGE) demo
	@if [ "$(SERVE)" != "0" ]; then DEMO=1 $(MANAGE) run; fi

run: install
	$(MANAGE) run

setup: install
	$(MANAGE) setup

stop:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m redcross.embedded stop; fi

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy redcross donations
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

test: check
	$(BIN)/python -m pytest -n 2

bench: install
	DJANGO_SETTINGS_MODULE=tests.settings $(MANAGE) bench

fmt: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/installed
	cd requirements && for name in dev base; do \
	  CUSTOM_COMPILE_COMMAND="make lock" ../$(BIN)/pip-compile --quiet --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate \
	    --strip-extras --allow-unsafe -o $$name.txt $$name.in || exit 1; done
