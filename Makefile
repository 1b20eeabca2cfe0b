# Lectern. `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?=
TOPIC ?= How does photosynthesis work?
SECONDS := 60
VIDEOS := 50
SEED ?=
CHAOS ?=
MINUTES := 60
OUTAGE_SECONDS := 600
ROLLS := $(foreach each,gateway scripter voice coder renderer composer,--fault roll-$(each))
FUZZ ?=
NAME ?=
BIN := .venv/bin
READY := .venv/.ready
LATEX := .venv/.latex
BROWSER := .venv/.browser
MONITORING := .venv/.monitoring
DEPLOY := .venv/.deploy
POLICIES := .venv/.policies
COMPILED := .venv/.compiled
# Much of a test is waiting for other processes: twice as many workers as there are cores.
WORKERS := $(shell echo $$(( $$(nproc) * 2 )))
MEMBERS := $(wildcard libs/*/pyproject.toml services/*/pyproject.toml)
# Compiled once, not by each of the hundred processes that a test run starts.
export PYTHONDONTWRITEBYTECODE :=
export LECTERN_HOME ?= $(CURDIR)/.lectern

.PHONY: demo up test long check lessons format docs lock dashboards client studio icons countries hostile layers fuzz chaos upgrades outages rules monitoring images containers policies bench idle soak doctor setup clean help gallery

demo: $(READY) ## set everything up and make a video (TOPIC="…" for another topic)
	@$(BIN)/lectern make "$(TOPIC)" --out out

up: $(READY) ## run the API and everything behind it on http://localhost:8080
	@$(BIN)/lectern up

test: $(READY) $(LATEX) $(BROWSER) $(MONITORING) $(DEPLOY) $(COMPILED) ## run the tests: unit, integration, hostile scenes, whole videos (a quarter of an hour on two cores)
	@WORKERS=$(WORKERS) scripts/run_tests

long: $(READY) $(LATEX) $(BROWSER) $(MONITORING) $(DEPLOY) $(COMPILED) ## run the tests that `make test` leaves out: what it shows, again in every other setting
	@WORKERS=$(WORKERS) scripts/run_tests -m long

check: $(READY) ## lint, types, import rules and fast tests, before each commit (two minutes on two cores)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/licences.py --check
	@$(BIN)/python scripts/settings_page.py --check
	@$(BIN)/python scripts/metrics_page.py --check
	@HYPOTHESIS_PROFILE=fast $(BIN)/python -m pytest -n 3 --dist worksteal -m "not slow and not long"

format: $(READY) ## format the code and apply ruff's automatic fixes
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

docs: $(READY) $(BROWSER) ## write the generated pages: docs/settings.md, docs/metrics.md, docs/third-party-licences.md, rules of objectives
	@$(BIN)/python scripts/settings_page.py
	@$(BIN)/python scripts/metrics_page.py
	@$(BIN)/python scripts/licences.py
	@PYTHONPATH=scripts $(BIN)/python deploy/monitoring/objectives.py
	@PYTHONPATH=scripts $(BIN)/python deploy/monitoring/prometheus_rules.py

gallery: $(READY) ## draw docs/scenekit.md: every component of the scene kit as a picture (three minutes)
	@$(BIN)/python scripts/gallery.py

lock: $(READY) ## upgrade the dependencies in requirements.lock (versions and hashes, no addresses)
	@$(BIN)/uv lock -q --upgrade
	@$(BIN)/uv export -q --frozen --all-packages --all-extras --no-emit-workspace --group dev --no-header -o requirements.lock
	@$(BIN)/uv export -q --frozen --no-emit-workspace --only-group browser --no-header -o requirements-browser.lock
	@$(BIN)/python scripts/image_closures.py
	@echo checkov | $(BIN)/uv pip compile -q --upgrade --generate-hashes --no-header --no-annotate -o requirements-policies.lock -

dashboards: $(READY) ## write the Grafana dashboards in deploy/monitoring/dashboards from their source
	@PYTHONPATH=deploy/monitoring:scripts $(BIN)/python -m boards

client: $(READY) ## write the client's models from the API's OpenAPI, and its sync half from the async one
	@$(BIN)/python scripts/client_code.py

studio: $(READY) ## build the studio into the gateway's package (needs Node 20; whoever installs Lectern does not)
	@cd studio && npm ci --silent --no-audit --no-fund
	@$(BIN)/python scripts/studio_inputs.py
	@cd studio && npx openapi-typescript .openapi.json -o src/api/schema.d.ts > /dev/null
	@$(BIN)/python scripts/studio_inputs.py --seal
	@cd studio && npx tsc --noEmit && node build.mjs test && node build.mjs

icons: $(READY) ## write libs/things' icons from the npm package of Material Design Icons (needs npm; whoever installs Lectern does not)
	@mkdir -p out && cd out && npm pack --silent @mdi/svg@7.4.47 > /dev/null
	@$(BIN)/python scripts/icons.py out/mdi-svg-7.4.47.tgz

countries: $(READY) ## write libs/things' outlines of countries from the npm package of Natural Earth's (needs npm)
	@mkdir -p out && cd out && npm pack --silent world-atlas@2.0.2 > /dev/null
	@$(BIN)/python scripts/countries.py out/world-atlas-2.0.2.tgz

lessons: $(READY) $(LATEX) ## check every scene of the bundled lessons in all shapes, dark and light: no finding is allowed (NAME=seasons for one)
	@$(BIN)/python -m pytest -n 2 tests/unit/lessons/run_lessons.py -k "$(NAME)"

films: $(READY) ## make every bundled lesson's film, measure it, and write bench/measured/films.json (an hour; NAME=seasons for one)
	@$(BIN)/python scripts/film_figures.py $(NAME)

hostile: $(READY) $(LATEX) ## run hostile scene code against the sandbox (WITHOUT="tmpfs namespaces landlock" leaves layers out; LANDLOCK=1 is Linux 5.13)
	@LECTERN_HOSTILE_WITHOUT="$(WITHOUT)" LECTERN_HOSTILE_LANDLOCK="$(or $(LANDLOCK),99)" $(BIN)/python -m pytest -m "" tests/hostile

layers: $(READY) ## try attacks with each layer of the sandbox alone and left out, and write the table of docs/security.md (root; an hour or more)
	@PYTHONPATH=tests $(BIN)/python -m hostile.layers $(LAYERS)

fuzz: $(READY) ## look for inputs that break a parser, for SECONDS=60; findings join tests/fuzz/corpus (FUZZ=scene attacks the sandbox)
	@PYTHONPATH=tests $(BIN)/python -W ignore -m fuzz --seconds $(SECONDS) $(FUZZ)

rules: $(READY) ## live a thousand lives of videos among faults and users' wishes, other ones each time (half an hour)
	@HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest --timeout 7200 tests/rules

chaos: $(READY) ## make VIDEOS=50 while processes, servers, disks, connections, clocks and builds fail at random (SEED=… replays a plan)
	@PYTHONPATH=tests $(BIN)/python -m chaos --videos $(VIDEOS) $(if $(SEED),--seed $(SEED)) $(CHAOS)
	@$(BIN)/python -m pytest tests/chaos/run_cluster.py tests/chaos/run_busy_machine.py

outages: $(READY) ## ten minutes without the store, the log and a provider, all at once: films go on afterwards (OUTAGE_SECONDS=600)
	@OUTAGE_SECONDS=$(OUTAGE_SECONDS) $(BIN)/python -m pytest -n 3 tests/chaos/run_outages.py

upgrades: $(READY) ## make films while services are rolled to the last release (a hundred commits ago before the first; FROM=<revision>), to the next version, and back
	@PYTHONPATH=tests $(BIN)/python -m chaos --videos 10 --earlier $(or $(FROM),auto) $(if $(SEED),--seed $(SEED)) $(ROLLS)

monitoring: $(READY) $(MONITORING) $(BROWSER) ## fire alerts for real and ask every panel: Prometheus, Alertmanager and a running Lectern; draw docs/images/dashboards (ten minutes)
	@$(BIN)/python -m pytest -s tests/monitoring/run_*.py

images: $(READY) ## build the container images without a registry (BASE=… takes one's base), list their sizes, and start each
	@scripts/setup images
	@deploy/images/build
	@$(BIN)/python -m pytest -s tests/deploy/run_images.py
	@$(BIN)/python scripts/sboms.py

containers: $(READY) $(DEPLOY) ## run the local overlay's pods with podman after `make images`: films, while servers and renderers are killed
	@PYTHONPATH=tests $(BIN)/python -m containers.run_pods

policies: $(DEPLOY) $(POLICIES) ## ask checkov about the manifests of the production overlay (deploy/k8s/checkov.yaml: what is accepted)
	@rm -rf out/manifests && mkdir -p out/manifests
	@PATH="$(CURDIR)/.venv/system/usr/bin:$$PATH" kustomize build deploy/k8s/overlays/production > out/manifests/production.yaml
	@.venv/policies/bin/checkov --config-file deploy/k8s/checkov.yaml --directory out/manifests

bench: $(READY) ## run the benchmarks on this machine
	@for each in $(filter-out bench/soak.py bench/idle.py,$(wildcard bench/*.py)); do $(BIN)/python "$$each"; done

idle: $(READY) ## measure what a runner costs at rest, and commands for what is there already (ten minutes)
	@$(BIN)/python bench/idle.py start && $(BIN)/python bench/idle.py rest

soak: $(READY) ## make videos for MINUTES=60, and tell how memory, files, threads and disk of each process grow an hour
	@$(BIN)/python bench/soak.py --minutes $(MINUTES)

doctor: $(READY) ## check this machine's dependencies
	@$(BIN)/lectern doctor

setup: $(READY) ## install system packages, .venv and locked packages

clean: ## remove .venv, caches, videos and the local store
	@rm -rf .venv .lectern out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache media uv.lock

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml $(MEMBERS) scripts/setup
	@PYTHON="$(PYTHON)" scripts/setup
	@touch $@

# Scenes may use LaTeX where it is installed; the tests of that must not be skipped.
$(LATEX): $(READY) scripts/setup
	@scripts/setup latex
	@touch $@

$(BROWSER): $(READY) requirements-browser.lock scripts/setup
	@scripts/setup browser
	@touch $@

$(MONITORING): $(READY) scripts/setup
	@scripts/setup monitoring
	@touch $@

$(DEPLOY): $(READY) scripts/setup
	@scripts/setup deploy
	@touch $@

# Everything that tests import: workers that begin at the same moment would each compile all of it. What is wrong with it,
# the run says.
$(COMPILED): $(READY) $(BROWSER)
	@$(BIN)/python -m pytest --collect-only -qq -p no:cacheprovider > /dev/null 2>&1 || true
	@touch $@

$(POLICIES): $(READY) requirements-policies.lock scripts/setup
	@scripts/setup policies
	@touch $@
