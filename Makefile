# `make` alone lists the targets.
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-deps check fix bench quality soak fuzz lock clean setup-test

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: .venv/.serve ## virtual environment with the locked requirements; nothing to do the second time

.venv/.serve: requirements/serve.txt
	@scripts/venv requirements/serve.txt
	@touch $@

.venv/.test: .venv/.serve requirements/test.txt
	@scripts/venv requirements/test.txt
	@touch $@

setup-test: .venv/.test

demo: setup ## sample mails from a mailbox to quotations, in the browser too; EXIT=1 ends by itself
	@BUSYBEE_HOME="$${BUSYBEE_HOME:-$(CURDIR)/.busybee/demo}" $(PY) manage.py demo $(if $(EXIT),--exit) $(ARGS)

up: setup ## every process, supervised, on this machine; ARGS="--help" for its options
	@$(PY) manage.py up $(ARGS)

test: setup-test ## every test this machine can run; DB=postgres, AHEAD=730 (days the clock is ahead), ARGS="-k name"
	@BUSYBEE_TEST_DB=$(DB) $(if $(AHEAD),scripts/clock $(AHEAD)) $(PY) -m pytest $(ARGS)

test-deps: setup-test ## what the left-out tests need (apt packages where there is apt); TRAIN=1 adds torch
	@scripts/test-deps
# Only the build of a release and fine-tuning need torch (several GB on Linux): it comes when asked for.
ifdef TRAIN
	@scripts/venv requirements/train.in
endif

check: setup-test ## style, types, floors, migrations, deployment; changes nothing
	@scripts/check

fix: setup-test ## let ruff change what it can
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format --quiet .

bench: setup ## mails per second, end to end and per step, and classified, beside named baselines
	@$(PY) manage.py bench $(ARGS)

quality: setup ## SAMPLES=folder with mails and their truth: triage them, then score
	@test -n "$(SAMPLES)" || { echo "make quality SAMPLES=folder"; exit 1; }
	@scripts/quality "$(SAMPLES)"

soak: setup-test ## the long versions of the chaos and hostile-input tests
	@BUSYBEE_TEST_SOAK=1 BUSYBEE_TEST_DB=$(DB) $(PY) -m pytest -m soak --timeout 3600 $(ARGS)

fuzz: setup-test ## random bytes by atheris at headers, MIME, zip, hwp and dates; SECONDS=60 each, TARGETS="..."
	@scripts/fuzz $(or $(SECONDS),60) $(TARGETS)

lock: ## write requirements/*.txt from requirements/*.in: exact versions with hashes
	@scripts/lock

clean: ## remove the virtual environment, caches and the demo's home; .busybee keeps its mails
	rm -rf .venv .busybee/demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
