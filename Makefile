# Everything a person runs. Two commands suffice at first: `make demo`, then `make ui`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3.11
ECR_HOME ?= $(CURDIR)/data
override ECR_HOME := $(abspath $(ECR_HOME))
export ECR_HOME
# Nothing is written outside ECR_HOME and the virtual environment: no bytecode beside the sources, no tool caches.
export PYTHONDONTWRITEBYTECODE := 1
export PYTHONWARNINGS := ignore
export DAGSTER_HOME := $(ECR_HOME)/dagster
export DAGSTER_DISABLE_TELEMETRY := yes
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
export RUFF_CACHE_DIR := $(ECR_HOME)/cache/ruff
export MYPY_CACHE_DIR := $(ECR_HOME)/cache/mypy

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPARK := .venv-spark
SPARK_LOCK := benchmarks/plain/requirements-spark.lock
ENTERPRISES ?= 12000
SEED ?= 7
# First month of the demo; by default so that its newest month is the one that ended last.
FIRST ?=
MONTHS ?= 6
PORT ?= 3000
DOCS_PORT ?= 3001
HOST ?= 127.0.0.1
export ECR_DOCS_URL := http://$(HOST):$(DOCS_PORT)
REAL ?= ../shared/real
export ECR_REAL_DATA := $(abspath $(REAL))

.PHONY: help setup spark demo ui form test test-unit lint format sql explain page review find train-judge bench bench-report bench-web calibrate learn propose drift effect loop shadow draw publish verify-draw why-drawn maintain decisions chicago lock generate clean

help:  ## what can be run
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed and $(PYTHON) is not on the PATH; install it or say make PYTHON=/path/to/python3.11."; exit 1; }
	@echo "== setting up $(VENV) from requirements.lock (about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -c "import site, pathlib; pathlib.Path(site.getsitepackages()[0], 'enterprise_credit_risk.pth').write_text('$(CURDIR)\n')"
	@touch $(READY)

setup: $(READY)  ## virtual environment with the locked dependencies

spark:  ## Spark for the comparison in the bench, in an environment of its own, where there is a Java
	@if ! command -v java >/dev/null; then echo "No Java is on the PATH, so the comparison with Spark is left out."; \
	elif ! cmp -s $(SPARK_LOCK) $(SPARK)/.ready; then \
	  echo "== setting up $(SPARK) (PySpark, half a gigabyte)"; \
	  $(PYTHON) -m venv $(SPARK) && $(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(SPARK_LOCK) \
	    && cp $(SPARK_LOCK) $(SPARK)/.ready; fi

demo: $(READY)  ## simulate a small province and classify six months, end to end
	@ENTERPRISES=$(ENTERPRISES) SEED=$(SEED) FIRST=$(FIRST) MONTHS=$(MONTHS) $(BIN)/python -m orchestration.demo

ui: $(READY)  ## the Dagster UI on the same state (PORT=3000)
	@$(BIN)/python -m orchestration.defs.prepare
	@echo "== the UI comes up on http://$(HOST):$(PORT), the pages of the checks on $(ECR_DOCS_URL) ; stop with Ctrl-C"
	@mkdir -p $(ECR_HOME)/quality && trap 'kill 0' EXIT INT TERM; \
	$(BIN)/python -m http.server $(DOCS_PORT) --bind $(HOST) --directory $(ECR_HOME)/quality >/dev/null 2>&1 & \
	$(BIN)/dagster dev -w workspace.yaml -h $(HOST) -p $(PORT)

form: $(READY)  ## one form for results of checks, on this machine only (PORT=3002): docs/form.md
	@$(BIN)/python -m orchestration.form --host $(HOST) --port $(if $(filter command line environment,$(origin PORT)),$(PORT),3002)

test: $(READY)  ## all tests, in two processes
	@$(BIN)/python -m pytest -p no:cacheprovider -n 2 --dist loadfile --no-loadscope-reorder

test-unit: $(READY)  ## the tests that take seconds
	@$(BIN)/python -m pytest -p no:cacheprovider tests/unit

lint: $(READY)  ## ruff, sqlfluff, types, import contract, generated files, catalogue, web sources
	@mkdir -p $(ECR_HOME)/cache
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests --processes 2 --nocolor --disable-progress-bar
	@$(BIN)/python -m orchestration.warehouse.staging --check
	@$(BIN)/python -m orchestration.dictionary --check
	@$(BIN)/python -m orchestration.catalogue check
	@$(BIN)/python -m orchestration.web
	@echo "lint: all clean"

format: $(READY)  ## let ruff format the Python
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

generate: $(READY)  ## write the staging models and the data dictionary anew from contracts and catalogue
	@$(BIN)/python -m orchestration.warehouse.staging
	@$(BIN)/python -m orchestration.dictionary

sql: $(READY)  ## print CSV from the lake: make sql Q="select class, count(*) from risk_class group by 1"
	@$(BIN)/python -m orchestration.sql "$$Q"

# M, V, FROM and TO reach the programs through the environment, never as shell text.
calibrate: export ASKED_MONTH := $(value M)
calibrate: $(READY)  ## shares of the classes by group, find rates, warnings: make calibrate [M=2026-10]
	@$(BIN)/python -m orchestration.calibration $${ASKED_MONTH:+"$$ASKED_MONTH"}

effect: export ASKED_MONTH := $(value M)
effect: $(READY)  ## find rates, visits saved, inspectors and areas, equal treatment: make effect [M=2026-09]
	@$(BIN)/python -m orchestration.effect $${ASKED_MONTH:+"$$ASKED_MONTH"}

shadow: export ASKED_VERSION := $(value V)
shadow: export ASKED_FROM := $(value FROM)
shadow: export ASKED_TO := $(value TO)
shadow: $(READY)  ## a candidate catalogue beside the one in force: make shadow V=v3 [FROM=2026-08 TO=2026-10]
	@$(BIN)/python -m orchestration.shadow $${ASKED_VERSION:+"$$ASKED_VERSION"} $${ASKED_FROM:+"$$ASKED_FROM"} $${ASKED_TO:+"$$ASKED_TO"}

# E, M and L reach the program through the environment, never as shell text.
explain: export ASKED_ENTERPRISE := $(value E)
explain: export ASKED_MONTH := $(value M)
explain: export ASKED_LANGUAGE := $(or $(value L),both)
explain: $(READY)  ## why an enterprise has its class: make explain E=<code> M=<month> L=zh|en|both
	@$(BIN)/python -m orchestration.explanation --language "$$ASKED_LANGUAGE" -- "$$ASKED_ENTERPRISE" "$$ASKED_MONTH"

# P, LABELS, OUT, TIME and the names of columns reach the programs through the environment, never as shell text.
page: export ASKED_PAGE := $(value P)
page: export ASKED_WHOLE := $(value WHOLE)
page: $(READY)  ## the archived page behind a web signal: make page P=<page number in the explanation, or URL> [WHOLE=yes]
	@$(BIN)/python -m orchestration.web.archive $${ASKED_WHOLE:+--whole} -- "$$ASKED_PAGE"

review: export ASKED_MONTH := $(value M)
review: export ASKED_ANSWERS := $(value ANSWERS)
review: $(READY)  ## questions about names: make review [M=2026-10] writes a CSV to fill in; make review ANSWERS=file.csv delivers it
	@$(BIN)/python -m orchestration.resolution.review $${ASKED_ANSWERS:+deliver "$$ASKED_ANSWERS"} $${ASKED_MONTH:+"$$ASKED_MONTH"}

find: export ASKED_NAME := $(value N)
find: $(READY)  ## which enterprises a name as people write it may mean: make find N=<name or brand>
	@$(BIN)/python -m orchestration.resolution.find "$$ASKED_NAME"

train-judge: export ASKED_LABELS := $(value LABELS)
train-judge: export ASKED_OUT := $(value OUT)
train-judge: export ASKED_TIME := $(value TIME)
train-judge: export ASKED_POLARITY := $(value POLARITY)
train-judge: export ASKED_TOPIC := $(value TOPIC)
train-judge: export ASKED_TITLE := $(value TITLE)
train-judge: export ASKED_TEXT := $(value TEXT)
train-judge: $(READY)  ## train the judge of texts on your labelled text: make train-judge LABELS=labels.csv OUT=folder [TIME=<column>]
	@$(BIN)/python -m orchestration.web.judge train --out="$$ASKED_OUT" $${ASKED_TIME:+--time-column="$$ASKED_TIME"} \
	  $${ASKED_POLARITY:+--polarity-column="$$ASKED_POLARITY"} $${ASKED_TOPIC:+--topic-column="$$ASKED_TOPIC"} \
	  $${ASKED_TITLE:+--title-column="$$ASKED_TITLE"} $${ASKED_TEXT:+--text-column="$$ASKED_TEXT"} -- "$$ASKED_LABELS"

bench: export SCALE := $(SCALE)
bench: export MONTHS := $(if $(filter command line environment,$(origin MONTHS)),$(MONTHS))
bench: export BACKFILL := $(BACKFILL)
bench: export KEEP := $(KEEP)
bench: export PLAIN := $(PLAIN)
bench: $(READY)  ## a full province, stage by stage: make bench [SCALE="0.1 1"] [MONTHS=12] [BACKFILL=12] [KEEP=yes] [PLAIN=no], 1 is Henan, hours; KEEP goes on where a run stopped; make spark first to compare with it
	@$(BIN)/python -m benchmarks.province

bench-report: $(READY)  ## keep the results of make bench in benchmarks/results, write docs/bench.md from them
	@$(BIN)/python -m benchmarks.province report

bench-web: export SCALE := $(SCALE)
bench-web: $(READY)  ## match millions of texts against the names of a province: make bench-web [SCALE=0.02], 1 is Henan
	@$(BIN)/python benchmarks/web.py $(ECR_HOME)/bench/web

# M, R, SEED and E reach the programs through the environment, never as shell text.
draw: export ASKED_MONTH := $(value M)
draw: export ASKED_REGION := $(value R)
draw: export ASKED_SEED := $(if $(filter command line environment,$(origin SEED)),$(value SEED))
draw: $(READY)  ## draw the inspections that follow from a month's classes: make draw M=2026-09 [R=410100] [SEED=text]
	@$(BIN)/python -m orchestration.defs.launch draw --region="$$ASKED_REGION" --seed="$$ASKED_SEED" -- "$$ASKED_MONTH"

publish: export ASKED_MONTH := $(value M)
publish: export ASKED_REGION := $(value R)
publish: $(READY)  ## seal a draw: CSV, Excel, JSON, Parquet and a manifest; it is not drawn again: make publish M=2026-09 [R=410100]
	@$(BIN)/python -m orchestration.defs.launch publish --region="$$ASKED_REGION" -- "$$ASKED_MONTH"

verify-draw: export ASKED_MONTH := $(value M)
verify-draw: export ASKED_REGION := $(value R)
verify-draw: $(READY)  ## draw again from what is recorded and compare: make verify-draw M=2026-09 [R=410100]
	@$(BIN)/python -m orchestration.inspection verify --region="$$ASKED_REGION" -- "$$ASKED_MONTH"

why-drawn: export ASKED_ENTERPRISE := $(value E)
why-drawn: export ASKED_MONTH := $(value M)
why-drawn: $(READY)  ## why an enterprise was drawn, or was not: make why-drawn E=<code> M=2026-09
	@$(BIN)/python -m orchestration.inspection why -- "$$ASKED_ENTERPRISE" "$$ASKED_MONTH"

learn: export ASKED_MONTH := $(value M)
learn: $(READY)  ## points learned from outcomes of visits, with their worth on months they did not know: make learn [M=2026-10]
	@$(BIN)/python -m orchestration.learning learn $${ASKED_MONTH:+"$$ASKED_MONTH"}

propose: export ASKED_ID := $(value ID)
propose: export ASKED_VERSION := $(value V)
propose: $(READY)  ## a candidate catalogue from a learned scorecard, for make shadow: make propose ID=<of make learn> V=v3
	@$(BIN)/python -m orchestration.learning propose "$$ASKED_ID" "$$ASKED_VERSION"

drift: export ASKED_MONTH := $(value M)
drift: $(READY)  ## whether the newest scorecard still holds, month by month: make drift [M=2026-10]
	@$(BIN)/python -m orchestration.learning drift $${ASKED_MONTH:+"$$ASKED_MONTH"}

maintain: $(READY)  ## compact the lake, forget old snapshots (not those of decisions): data/maintenance.yml
	@$(BIN)/python -m orchestration.defs.launch maintain

decisions: export ASKED_MONTH := $(value M)
decisions: $(READY)  ## which snapshot of the lake holds which decision of the classes: make decisions [M=2026-10]
	@$(BIN)/python -m orchestration.risk $${ASKED_MONTH:+"$$ASKED_MONTH"}

chicago: $(READY)  ## the same road on Chicago's records: make chicago REAL=/folder/of/real/data
	@ECR_HOME=$(ECR_HOME)/chicago DAGSTER_HOME=$(ECR_HOME)/chicago/dagster ECR_JURISDICTION=chicago $(BIN)/python -m orchestration.study "$(REAL)/chicago"

loop: $(READY)  ## a simulated province whose inspections follow its draws: make loop [ENTERPRISES=12000] [MONTHS=12] [REGIME=2026-09], docs/loop.md
	@ECR_HOME=$(ECR_HOME)/loop DAGSTER_HOME=$(ECR_HOME)/loop/dagster $(if $(filter command line environment,$(origin ENTERPRISES)),ENTERPRISES=$(ENTERPRISES)) $(if $(filter command line environment,$(origin MONTHS)),MONTHS=$(MONTHS)) $(if $(filter command line environment,$(origin FIRST)),FIRST=$(FIRST)) $(BIN)/python -m orchestration.loop

lock: $(READY)  ## write requirements.lock and that of Spark anew (needs pip-tools)
	@$(BIN)/python -m piptools compile --quiet --extra dev --generate-hashes --no-strip-extras --allow-unsafe \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header -o requirements.lock pyproject.toml
	@$(BIN)/python -m piptools compile --quiet --generate-hashes --no-strip-extras --allow-unsafe --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --no-header -o $(SPARK_LOCK) $(SPARK_LOCK:.lock=.in)

clean:  ## remove all run-time state, archived pages and reviews too (not the virtual environment)
	@test -e $(ECR_HOME)/lake/raw || { echo "$(ECR_HOME) holds no state of this platform (no lake/raw); nothing was removed."; exit 1; }
	@cd $(ECR_HOME) && rm -rf bench landing lake models quality dagster dbt secrets tmp extensions cache calibration chicago explanations form loop published review shadow simulation study alerts.jsonl && echo "removed the state under $(ECR_HOME): deliveries, lake, archived pages, reviews, reports, published draws"
