# Everything CaseFlow can be asked to do. `make help` lists it.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --no-input
PYTEST := $(BIN)/pytest -n $(JOBS) --dist worksteal
TALLY := build/test-tally.jsonl

RUN_LIBRARIES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core
TEST_PROGRAMS := chromium postgresql poppler-utils fonts-noto-core fonts-liberation

# A stamp's name holds the hash of what it was made from, so an unchanged lock costs nothing.
hash = $(shell cat $(1) | sha256sum | cut -c1-16)
RUN_LOCKS := requirements/build.txt requirements/run.txt setup.cfg pyproject.toml
TEST_LOCKS := requirements/test.txt
RUN_STAMP := .venv/stamps/run-$(call hash,$(RUN_LOCKS))
TEST_STAMP := .venv/stamps/test-$(call hash,$(TEST_LOCKS))

.DEFAULT_GOAL := help
.PHONY: run test setup lint types bench verify help lock run-libraries test-programs
MAKEFLAGS += --no-print-directory
export DEBIAN_FRONTEND := noninteractive
export PYTHONDONTWRITEBYTECODE :=

run: setup ## Set up, load the demo the first time, serve http://localhost:5000 and the scheduler
	@exec $(BIN)/caseflow run

test: setup test-programs $(TEST_STAMP) lint types ## Set up, check, and run every test on SQLite and on PostgreSQL
	@mkdir -p build && rm -f $(TALLY)
	@$(PYTEST) --database=sqlite --tally=$(TALLY)
	@$(PYTEST) --database=postgresql -m "database and not browser and not one_database" --tally=$(TALLY)
	@$(BIN)/python -m tests.harness.tally $(TALLY)

setup: run-libraries $(RUN_STAMP) ## Make the virtual environment and install what CaseFlow runs on

lint: $(TEST_STAMP) ## Style, templates, and who may import whom
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/djlint templates --lint --quiet --profile=jinja --ignore=H015
	@$(BIN)/lint-imports

types: $(TEST_STAMP) ## Static types, strictly
	@$(BIN)/mypy

bench: $(TEST_STAMP) ## How long the common things take on this machine
	@$(BIN)/python -m tests.bench

verify: setup test-programs $(TEST_STAMP) ## The long checks, all or one (make verify T=T21); results in docs/verification/
	@$(BIN)/python -m tests.verify $(T)

lock: ## Write requirements/*.txt again from *.in, with hashes (needs uv)
	@for part in build run test; do \
	  uv pip compile --quiet --generate-hashes --no-header --python-version 3.11 \
	    --python-platform x86_64-unknown-linux-gnu --allow-unsafe \
	    requirements/$$part.in -o requirements/$$part.txt || exit 1; done

help: ## This list
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "CaseFlow needs Python 3.11: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "CaseFlow needs Python 3.11 or later; $(PYTHON) is older." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call apt,python3-venv) \
	  || { echo "Python cannot make a virtual environment without python3-venv." >&2; exit 1; }
	@echo "Making the virtual environment in .venv"
	@$(PYTHON) -m venv .venv

$(RUN_STAMP): | $(BIN)/python
	@echo "Installing what CaseFlow runs on (about half a minute the first time)"
	@$(PIP) --require-hashes --no-deps -r requirements/build.txt -r requirements/run.txt
	@$(PIP) --quiet --no-deps --no-build-isolation --editable .
	@mkdir -p $(@D) && rm -f $(@D)/run-* && touch $@

$(TEST_STAMP): $(RUN_STAMP)
	@echo "Installing what the tests need (about a minute the first time)"
	@$(PIP) --require-hashes --no-deps -r requirements/test.txt
	@mkdir -p $(@D) && rm -f $(@D)/test-* && touch $@

run-libraries:
	@$(call apt,$(RUN_LIBRARIES)) || echo "Going on without them; PDF summaries may not work." >&2

test-programs:
	@$(call apt,$(TEST_PROGRAMS))

# Installs the missing ones of these Debian packages where that is allowed, else says what to type.
define apt
{ missing=; for package in $(1); do \
    dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' \
      || missing="$$missing $$package"; done; \
  if test -z "$$missing"; then true; else \
    as=; test "$$(id -u)" = 0 || as="sudo -n"; \
    if $$as true 2>/dev/null && command -v apt-get >/dev/null; then \
      echo "Installing$$missing"; \
      { $$as apt-get update -qq; $$as apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } </dev/null; \
    else false; fi \
    || { echo "Please install these, then try again: sudo apt-get install$$missing" >&2; false; }; \
  fi; }
endef
