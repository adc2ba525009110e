# Everything goes into .venv: by uv when it is there, by venv and pip when it is not, with the
# versions of uv.lock either way. Setting up is skipped while pyproject.toml and uv.lock stand.
#
#   make test PYTHON=python3.12     another Python
#   make test EXTRA=                without durable-rules, which needs a C compiler
#   make test EXTRA=rete,spark      with pyspark too; `make engines` adds what is no Python package
#   make bench BENCH_ARGS=--quick   a minute instead of an hour

PYTHON ?=
EXTRA ?= rete
PYTEST_ARGS ?=
BENCH_ARGS ?=
DEMO_AS_OF ?= 2026-03-04T15:00:00Z

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
# A worker that dies ends the run: pytest-xdist may wait for its tests without end.
TEST = $(BIN)/pytest -n auto --max-worker-restart=0
COMMA := ,
EXTRAS := $(patsubst %,--extra %,$(subst $(COMMA), ,$(EXTRA)))
STAMP := $(VENV)/.setup-$(or $(subst /,_,$(PYTHON)),default)-$(or $(EXTRA),plain)
BENCH_STAMP := $(STAMP)-bench
PYTHONS := $(or $(PYTHON),python3 python3.12 python3.11 python3.13 python3.14 python)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup demo test test-fast engines bench check lint types layers format clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with everything that is needed here

demo: $(STAMP) ## whom to turn to next in the sample book
	$(BIN)/relight next --book examples/book --as-of $(DEMO_AS_OF)

test: $(STAMP) ## all tests
	$(TEST) $(PYTEST_ARGS)

test-fast: $(STAMP) ## the tests that take no seconds
	$(TEST) -m 'not slow' --hypothesis-profile=fast $(PYTEST_ARGS)

# What is there already stays; what cannot be installed leaves tests out, and breaks nothing.
# Spark runs on Java 17 or 21, and which of them there is differs from one release to the next.
engines: ## PostgreSQL and Java by apt, for the tests that run the SQL of a playbook there
	@missing=; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing=postgresql; \
	java -version >/dev/null 2>&1 || missing="$$missing java"; \
	[ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -qq || true; \
		java=$$(apt-cache search --names-only '^openjdk-(17|21)-jre-headless$$' \
			| sort | head -n 1 | cut -d ' ' -f 1); \
		for each in $$missing; do \
			[ $$each != java ] || each=$${java:-openjdk-17-jre-headless}; \
			apt-get install -qq --no-install-recommends $$each >/dev/null \
				|| echo "not installed: $$each; the tests that need it are skipped" >&2; \
		done; \
	else echo "not here: $$missing; root may install them by apt-get" >&2; fi

bench: $(BENCH_STAMP) ## what it costs, beside others who answer by the same rules
	$(BIN)/python -m bench $(BENCH_ARGS)

check: lint types layers test ## format, lint, types, layers, tests: what CI runs

lint: $(STAMP) ## format and lint, changing nothing
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/check-jsonschema --check-metaschema schemas/*.json

types: $(STAMP) ## mypy, strict
	$(BIN)/mypy

layers: $(STAMP) ## who may import whom
	$(BIN)/lint-imports --no-cache --no-logo

format: $(STAMP) ## format, and mend what can be mended
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## remove .venv, caches and builds
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

BUILD_HINT = { echo 'setup failed. Where it is durable-rules that could not be built: it needs a C \
compiler and the headers of this Python; `make EXTRA= ...` does without it.' >&2; exit 1; }

ifneq ($(UV),)

$(STAMP): pyproject.toml uv.lock
	@rm -f $(VENV)/.setup-*
	@echo 'Setting up $(VENV) with uv'
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(UV) sync --quiet --locked \
		$(EXTRAS) $(if $(PYTHON),--python $(PYTHON)) || $(BUILD_HINT)
	@touch $@

$(BENCH_STAMP): $(STAMP)
	@UV_PROJECT_ENVIRONMENT=$(VENV) $(UV) sync --quiet --locked --group bench \
		$(EXTRAS) $(if $(PYTHON),--python $(PYTHON))
	@touch $@

else

RECENT_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

# uv.lock as pip's constraints; a package with several versions says when each is meant.
define CONSTRAINTS
import tomllib
for p in tomllib.load(open("uv.lock", "rb"))["package"]:
    when = " or ".join(f"({m})" for m in p.get("resolution-markers", []))
    if "registry" in p["source"]:
        print(f"{p['name']}=={p['version']}" + (f" ; {when}" if when else ""))
endef
export CONSTRAINTS

$(STAMP): pyproject.toml uv.lock
	@echo 'Setting up $(VENV) with pip'
	@for p in $(PYTHONS); do \
		if $$p -c '$(RECENT_ENOUGH)' 2>/dev/null; then exec $$p -m venv --clear $(VENV); fi; \
	done; \
	echo 'relight needs Python 3.11 or newer; tried: $(PYTHONS). Name one: make PYTHON=...' >&2; \
	exit 1
	@$(BIN)/python -c "$$CONSTRAINTS" > $(VENV)/constraints.txt
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --constraint $(VENV)/constraints.txt \
		--group dev --editable '.$(if $(EXTRA),[$(EXTRA)])' || $(BUILD_HINT)
	@touch $@

$(BENCH_STAMP): $(STAMP)
	@$(BIN)/python -m pip install --quiet --constraint $(VENV)/constraints.txt --group bench
	@touch $@

endif
