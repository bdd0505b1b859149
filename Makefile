# The two commands of a newcomer are `make run` and `make test`; both set up what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
UV := $(BIN)/uv
NODE_BIN := $(CURDIR)/.node/bin

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check format lock translations assets papers browser bench clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(STAMPS)/run $(STAMPS)/assets $(STAMPS)/translations ## Install what running needs (Python packages, page assets, translations)

run: setup papers ## Start PostgreSQL, the demo town, web server and worker; print the address
	@exec $(BIN)/puhui run

demo: setup ## Fill the database with the demo town
	@$(BIN)/puhui demo

test: setup $(STAMPS)/dev papers browser ## Run every test in parallel, as CI does
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: setup $(STAMPS)/dev ## Lint, types, layers, templates, translations, locks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m puhui.translations check
	$(BIN)/python -m pytest -q tests/house
	$(BIN)/python tests/house/locks.py

format: $(STAMPS)/dev ## Put the code into the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(STAMPS)/dev ## Resolve the dependencies again and write the lock files
	$(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/run.txt
	$(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -o requirements/dev.txt

bench: setup $(STAMPS)/dev ## Run the benchmarks and print ratios against the yardstick
	$(BIN)/python -m pytest -q -s tests/bench -o norecursedirs=.hypothesis

clean: ## Remove what was built (the data folder stays)
	rm -rf $(VENV) .node $(STAMPS) platform/assets/node_modules platform/puhui/static/dist

# The virtual environment. Debian keeps `venv` in a package of its own: we install it where we may, else name it.
$(STAMPS)/venv:
	@mkdir -p $(STAMPS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -qy python3-venv; } \
		|| { echo "Python's venv module is missing; install it with: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(STAMPS)/uv: $(STAMPS)/venv requirements/uv.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(STAMPS)/run: $(STAMPS)/uv requirements/run.txt pyproject.toml
	@echo "Installing Python packages ..."
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install -q --require-hashes -r requirements/run.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install -q --require-hashes -r requirements/build.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/dev: $(STAMPS)/run requirements/dev.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(UV) pip install -q --require-hashes -r requirements/dev.txt
	@touch $@

# Node 20 or newer builds the page assets; where there is none it comes from PyPI into a folder of its own.
$(STAMPS)/node: $(STAMPS)/uv requirements/node.txt
	@if ! node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null || ! command -v npm >/dev/null; then \
		echo "Installing node from PyPI ..."; \
		$(UV) venv -q .node && VIRTUAL_ENV=$(CURDIR)/.node $(UV) pip install -q --require-hashes -r requirements/node.txt; fi
	@touch $@

assets: $(STAMPS)/assets ## Build the scripts and styles of the pages
$(STAMPS)/assets: $(STAMPS)/node platform/assets/package-lock.json $(wildcard platform/assets/*.json platform/assets/*.mjs platform/assets/src/*)
	@echo "Building page assets ..."
	@cd platform/assets && PATH="$(NODE_BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && PATH="$(NODE_BIN):$$PATH" npm run --silent build
	@touch $@

translations: $(STAMPS)/translations ## Compile the translations
$(STAMPS)/translations: $(STAMPS)/run $(wildcard platform/puhui/web/*/en.po platform/puhui/*/en.po)
	@$(BIN)/python -m puhui.translations compile
	@touch $@

# PDF papers need Pango and Chinese fonts from the system; without them pages and sheets work and a PDF says what is missing.
papers:
	@$(BIN)/python -c 'import weasyprint' 2>/dev/null && fc-list 2>/dev/null | grep -qi 'cjk' \
		|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
			&& apt-get install -qqy --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk >/dev/null; } \
		|| echo "PDF papers need Pango and Chinese fonts; install them with: apt-get install libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk"

# Browser tests need Chromium and Chinese fonts from the system; we install them where we may, else say so.
browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -qy --no-install-recommends chromium fonts-noto-cjk; } \
		|| echo "Chromium is missing, so the browser tests cannot run; install it with: apt-get install chromium fonts-noto-cjk"
