# Two commands matter: `make demo` and `make test`. Python 3.11 or newer and make are enough.

# The first that runs and is new enough: a machine's python3 may be older than the one beside it.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
SERVE ?= 1

# Compiled once, not at every start: a portal's command imports some thousand modules.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install demo run setup stop reset test check bench manual fmt lock

install: var/static/staticfiles.json

.venv/installed: requirements/dev.txt
	@if [ -z "$(PYTHON)" ]; then echo "需要 Python 3.11 或更新的版本。" >&2; exit 1; fi
	@echo "正在安装 Python 依赖（约半分钟）……"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-compile --require-hashes --no-deps -r $<
	@touch $@

# The machine's npm, which its owner has set up; the wheel's where there is none or it is too old.
static/vendor/echarts.min.js: package-lock.json redcross/portal/build.mjs redcross/portal/palette.json | .venv/installed
	@echo "正在准备图表与样式……"
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --ignore-scripts --no-audit --no-fund 2>/dev/null \
	  || PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --loglevel=error --ignore-scripts --no-audit --no-fund
	@PATH="$(CURDIR)/$(BIN):$$PATH" node redcross/portal/build.mjs \
	  "$$($(BIN)/python -c 'import unfold; print(unfold.__path__[0])')/static"

var/static/staticfiles.json: .venv/installed static/vendor/echarts.min.js $(shell find static -type f 2>/dev/null)
	@$(MANAGE) collectstatic --noinput --clear --verbosity 0
	@touch $@

demo: install
	@DEMO=1 $(MANAGE) demo
	@if [ "$(SERVE)" != 0 ]; then DEMO=1 $(MANAGE) run; fi

run: install
	@$(MANAGE) run

setup: install
	@$(MANAGE) setup

stop:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m redcross.embedded stop; fi

# Only what was made here: embedded servers with their data, and stored files.
reset:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m redcross.embedded forget; fi
	@rm -rf var/media var/demo

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates

test: check
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
	  || echo "没有 Chromium，跳过浏览器测试。"
	$(BIN)/python -m pytest -n 2

# Takes the pictures of the staff manual anew.
manual: install
	MANUAL=1 $(BIN)/python -m pytest -q tests/browser/test_manual_pictures.py

bench: install
	@$(BIN)/python -m tools.bench

fmt: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Resolve with the oldest Python that is served, as packages say which they need, and
# with the public registry alone, as a machine's own folders hold only some of the files.
lock: .venv/installed
	cd requirements && for name in dev base; do \
	  env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u PIP_INDEX_URL PIP_CONFIG_FILE=/dev/null \
	    CUSTOM_COMPILE_COMMAND="make lock" ../$(BIN)/pip-compile --quiet --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	    --strip-extras --allow-unsafe -o $$name.txt $$name.in || exit 1; done
