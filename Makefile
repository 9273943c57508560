# `make` lists the targets. Everything lives in this folder: .venv (ours), .peers (programs that we did not write).
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Many tests wait for a browser or a server: one more worker than processors.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)

.DEFAULT_GOAL := help
.PHONY: help install demo run test unit lint check bench gallery evaluate soak docs format messages packages

help: ## List the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## Make the virtual environment with everything in it

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(STAMP) ## Run everything on this machine with simulated people: a real LRS, the tool, a demo LMS
	@$(BIN)/onward demo

run: $(STAMP) ## Serve with the settings of the environment (ONWARD_*)
	@$(BIN)/onward serve

packages:
	@sh .ci/packages

test: $(STAMP) ## Everything a person needs to trust a checkout: lint (beside the tests; its words come at their end) and all tests
	@$(BIN)/python -m tests.warm & warm=$$!; \
	$(MAKE) --no-print-directory lint >.lint.log 2>&1 & lint=$$!; \
	sh .ci/packages && wait $$warm && \
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests --ignore tests/e2e/demo; tested=$$?; \
	wait $$lint; linted=$$?; cat .lint.log; exit $$((tested || linted))
	$(BIN)/python -m pytest tests/e2e/demo

unit: $(STAMP) ## The tests without input and output: seconds
	$(BIN)/python -m pytest -n auto tests/unit

lint: $(STAMP) ## Style, types, import contracts, templates, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config setup.cfg
	$(BIN)/djlint --quiet --lint widgets/templates
	$(BIN)/codespell README.md CHANGELOG.md docs connector lrs_adapters widgets tests

format: $(STAMP) ## Put the code into form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

check: test ## What CI runs

messages: $(STAMP) ## Write the catalogues of messages anew and say what a translation lacks
	@$(BIN)/python -m widgets.messages connector/lti connector/web

bench: $(STAMP) packages ## The full figures of speed and size (docs/reference/figures.md)
	$(BIN)/python -m tests.bench

gallery: $(STAMP) packages ## Every state of the page, walked by axe and Lighthouse (docs/reference/gallery.md); needs node and npm
	$(BIN)/python -m tests.e2e.gallery

evaluate: $(STAMP) ## How good the recommendations are: on DATA=folder (interactions.csv, items.csv), or a simulated site
	@$(BIN)/onward evaluate $(if $(DATA),--interactions "$(DATA)/interactions.csv" --items "$(DATA)/items.csv",--simulated)

soak: $(STAMP) packages ## The long runs: kills and sizes in full
	ONWARD_SOAK=1 $(BIN)/python -m pytest -n 1 tests -m soak --timeout 5400

docs: $(STAMP) ## Check the documentation against the code
	$(BIN)/python -m pytest tests/docs
