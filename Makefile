# Every command of the project; `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
APP := web/app
APP_READY := $(APP)/node_modules/.ready
NPM := PATH="$(abspath $(BIN)):$$PATH" npm
ONLY ?=
GATED ?=
TESTS ?= tests
# What the gate holds: the quick packages, and the doors that people and auditors come to them by.
QUICK := tests/domain tests/matching tests/access tests/records \
	tests/journeys/test_sign_in.py tests/journeys/test_employees.py \
	tests/web/test_oidc.py tests/web/test_passkeys.py
GATE := 94
COVERED := --cov=domain --cov=matching --cov=access --cov-branch \
	--cov-report=term:skip-covered --cov-fail-under=$(GATE)
# What attackers' tools and lists send.
ATTACKS := tests/hostile tests/conformance tests/resolvers/test_hostile.py tests/resolvers/test_documents.py \
	tests/web/test_graphql_cop.py tests/web/test_framing.py tests/web/test_hostile_requests.py tests/web/test_gate.py \
	tests/web/test_connections.py tests/web/test_socket_limits.py tests/journeys/test_hostile_doors.py
# Two processes with stores of their own; a file stays whole, since its tests share what is dear.
WORKERS := -n 2 --dist loadfile --no-loadscope-reorder
export HF_HUB_OFFLINE := 1

.DEFAULT_GOAL := help
.PHONY: help demo app serve test test-full coverage check rows features soak bench attack conformance notebooks codegen gallery docs lock sdl refusals settings reference columns asyncapi perspective asvs clean hazard-words

help: ## List the commands.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(READY) ## Start everything, load the knowledge base, match a sample report, serve the API.
	$(BIN)/battwheels demo

app: $(APP_READY) ## Serve the pages with reload on localhost:5173, against `make serve` beside it.
	cd $(APP) && $(NPM) run dev

serve: $(READY) ## Serve the API on 127.0.0.1:8000 with local stores.
	$(BIN)/battwheels serve

test: $(READY) ## Run the tests that a change needs, on real local stores, in minutes; GATED=yes holds the gate.
	$(BIN)/python -m pytest -m "not long" $(WORKERS) $(if $(GATED),$(COVERED) --covered "$(QUICK)") $(TESTS)

test-full: $(READY) ## Run every test: the long ones too.
	$(BIN)/python -m pytest $(TESTS) --crash-rounds 100

coverage: $(READY) ## Run the tests of the quick packages once, and fail below the gate of their lines.
	$(BIN)/python -m pytest $(QUICK) -m "not long" $(WORKERS) $(COVERED)

check: $(READY) $(APP_READY) ## Lint, types, layers, dependencies, kept promises of the API, documents, the pages.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m schema.releases
	$(BIN)/battwheels documents check examples/typescript/manifest.json
	cd $(APP) && $(NPM) run --silent types && $(NPM) run --silent lint && $(NPM) run --silent codegen -- --check

gallery: $(APP_READY) ## Draw every page, phone and desktop, in each theme and language, into .bench/gallery.
	@mkdir -p .bench/gallery
	GALLERY=.bench/gallery $(BIN)/python -m pytest -q tests/browser

codegen: $(APP_READY) ## Write the types and ids of what the pages ask (web/app/src/gql).
	cd $(APP) && $(NPM) run codegen

rows: $(READY) ## Run the tests and print each specification row: proved, partly, open or failed.
	@$(BIN)/python -m pytest $(TESTS) --crash-rounds 100 --rows

features: $(READY) ## Write docs/features.md from the tests' marks and the benchmarks' figures.
	$(BIN)/python -m pytest tests --collect-only --rows-write --quiet --quiet

bench: $(READY) ## Run the benchmarks; ONLY=NAME runs one bar.
	$(BIN)/python -m bench $(ONLY)

attack: $(READY) ## Run the suites of attacks, then measure honest users beside fifty attackers.
	$(BIN)/python -m pytest -m "not long" $(ATTACKS)
	$(BIN)/python -m bench refusals
	$(BIN)/python -m bench attack

conformance: $(READY) ## Run the independent npm clients and audits against the API.
	$(BIN)/python -m pytest tests/conformance

notebooks: $(READY) ## Open the analysts' notebooks on the read-only copy (battwheels analyst refresh makes it).
	$(BIN)/battwheels analyst serve
	$(BIN)/jupyter lab --notebook-dir notebooks

docs: $(READY) ## Build the documentation into site/.
	$(BIN)/mkdocs build --strict

sdl: $(READY) ## Print the GraphQL schemas into schema/*.graphql.
	$(BIN)/battwheels schema > schema/schema.graphql
	$(BIN)/battwheels schema --sign-in > schema/sign-in.graphql

refusals: $(READY) ## Print all refusals and their codes into docs/refusals.md.
	$(BIN)/python -m resolvers.refusal_page

settings: $(READY) ## Print all settings into docs/settings.md.
	$(BIN)/python -m web.settings_page

reference: $(READY) ## Print the reference of the GraphQL schema into docs/graphql.md.
	$(BIN)/python -m schema.reference_page

columns: $(READY) ## Print the columns of imported cards into docs/ingest.md, and the form for editors.
	$(BIN)/python -m ingest.column_page

perspective: $(READY) ## Make Bloom's perspective, Browser's style and queries in graph/bloom/ from the model.
	$(BIN)/python -m graph.bloom.perspective

asyncapi: $(READY) ## Print the events' schemas into sync/asyncapi.yaml.
	$(BIN)/battwheels events schema > sync/asyncapi.yaml

hazard-words: $(READY) ## Print the words of danger into the pages (web/app/src/hazards).
	$(BIN)/python -m ingest.hazard_words_file

asvs: $(READY) ## Print the answers to ASVS into docs/asvs.md.
	$(BIN)/python -m tests.asvs.answers

soak: $(READY) ## Kill processes and stop stores in 1,000 seeded rounds; nothing may be lost.
	ROUNDS=1000 $(BIN)/python -m pytest tests/faults tests/billing/test_crashes.py \
		--crash-rounds 1000 --timeout 7200

lock: $(READY) ## Resolve the dependencies again, with hashes and without download addresses.
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --group dev --extra llm \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--upgrade --quiet pyproject.toml --output-file requirements.lock
	grep -A 30 '^uv==' requirements.lock | sed -n '1p;2,$${/^[a-z]/q;/--hash/p}' > requirements-uv.lock

clean: ## Stop the local stores and delete what was made here.
	-$(BIN)/battwheels local stop
	rm -rf $(VENV) .battwheels site .bench

$(APP_READY): $(READY) $(APP)/package-lock.json
	cd $(APP) && $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# The tools come from the lock alone; uv installs the rest of it in under a minute.
$(READY): requirements.lock requirements-uv.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed: apt install python3.11 python3.11-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: apt install python3.11 python3.11-venv"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is needed: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
