# Every target sets up what it needs; nothing but Python 3.11 or newer and make is expected.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
AUDIT := $(VENV)/audit

.PHONY: run build test test-faults test-faults-smoke lint types imports format bench bench-load soak fuzz mutants attacks audit licences sbom widget screenshots check-deploy check-image lock clean

run: $(VENV)/.installed ## serve at http://127.0.0.1:8000
	$(BIN)/hai-faq serve

build: $(VENV)/.installed ## fit the models into the cache
	$(BIN)/hai-faq build

test: $(VENV)/.tested ## every test
	$(BIN)/python -m pytest

test-faults: $(VENV)/.tested ## what breaks around the service, with real processes: some minutes, and not a part of `test`
	command -v nginx >/dev/null || [ "$$(id -u)" != 0 ] || { apt-get -qq update \
	  && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends nginx-light libfaketime >/dev/null; } || true
	$(BIN)/python -m pytest tests/faults

test-faults-smoke: $(VENV)/.tested ## a minute of them, with nothing to install
	$(BIN)/python -m pytest tests/faults -m smoke

lint: $(VENV)/.tested ## code style, types, import order
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.tested
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.benched ## accuracy beside rapidfuzz and NLP.js, and speed, on tests/labelled; more in docs/MEASUREMENTS.md
	$(BIN)/python -m bench.compare tests/labelled
	$(BIN)/python -m bench.speed tests/labelled

FUZZ_SECONDS ?= 300

fuzz: $(VENV)/.fuzzed ## attacks its own service and parsers for FUZZ_SECONDS: schemathesis, then guided by coverage
	$(BIN)/python -m fuzz --seconds $(FUZZ_SECONDS)

MINUTES ?= 10
SEED ?= 1

mutants: $(VENV)/.mutated ## faults put into what matters most, one by one, for MINUTES: do tests notice? SEED draws them
	$(BIN)/python -m mutants --minutes $(MINUTES) --seed $(SEED)

attacks: $(VENV)/.tested ## the attacks of docs/SECURITY-TRIALS.md, again
	$(BIN)/python -m pytest tests -k attacks

audit: $(AUDIT)/.installed ## known vulnerabilities of what is served
	@$(AUDIT)/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.txt || { \
	  echo "make audit: see above. Where it names no vulnerability, a package or the service of PyPI that knows of them" \
	    "could not be asked: then this machine has checked NOTHING, and the audit must run where PyPI can be reached."; \
	  exit 1; }

licences: $(VENV)/.installed $(AUDIT)/.installed ## of what is served, a table
	@$(AUDIT)/bin/pip-licenses --python $(BIN)/python --order license --format markdown \
	  --packages $$(sed -n 's/==.*//p' requirements.txt)

sbom: $(AUDIT)/.installed ## what is served, as CycloneDX, into sbom.json
	$(AUDIT)/bin/python -W ignore::UserWarning -m cyclonedx_py requirements requirements.txt --pyproject pyproject.toml --output-reproducible -o sbom.json

bench-load: $(VENV)/.tested ## throughput, latency and memory under a day's mix of traffic; how long an emergency waits in a flood
	$(BIN)/python -m bench.load
	$(BIN)/python -m bench.floods

RATE ?= 200
soak: $(VENV)/.tested ## memory at each minute of a steady rate: make soak MINUTES=3 RATE=100
	$(BIN)/python -m bench.load --soak $(MINUTES) --rate $(RATE)

widget: $(VENV)/.tested ## the chat's script of its parts in app/channels/widget/chat
	$(BIN)/python -m scripts.widget

screenshots: $(VENV)/.tested ## the pictures of docs/images, anew
	$(BIN)/python -m scripts.screenshots

check-deploy: $(VENV)/deploy/.installed ## Dockerfile, Kubernetes, Compose, Caddy, Prometheus and Grafana, each by its own tool
	scripts/check-deploy $(VENV)/deploy/bin

check-image: $(VENV)/.installed ## build the image, run it hardened, ask it; root on Debian, minutes
	scripts/check-image $(BIN)/python

lock: $(VENV)/.tested ## write the locks anew
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --extra encoder --group build -o requirements.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --extra encoder --group build --group test -o requirements-test.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --extra encoder --group build --group test --group bench -o requirements-bench.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --extra encoder --group build --group test --group fuzz -o requirements-fuzz.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --extra encoder --group build --group test --group mutants -o requirements-mutants.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --group audit -o requirements-audit.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --group pyproject.toml:deploy -o requirements-deploy.txt

clean:
	rm -rf $(VENV) var build *.egg-info

$(VENV)/.installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.tested: $(VENV)/.installed requirements-test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get -qq update \
	  && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >/dev/null; } \
	  || $(BIN)/playwright install chromium
	{ command -v firefox-esr && command -v WebKitWebDriver && command -v Xvfb; } >/dev/null || [ "$$(id -u)" != 0 ] || { apt-get -qq update \
	  && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends firefox-esr webkit2gtk-driver xvfb >/dev/null; } || true
	touch $@

$(VENV)/.benched: $(VENV)/.tested requirements-bench.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	touch $@

$(VENV)/.fuzzed: $(VENV)/.tested requirements-fuzz.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fuzz.txt
	touch $@

$(VENV)/.mutated: $(VENV)/.tested requirements-mutants.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mutants.txt
	touch $@

$(AUDIT)/.installed: requirements-audit.txt # an environment of its own: what is looked at must not hold what looks
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	touch $@

$(VENV)/deploy/.installed: requirements-deploy.txt ## tools only, apart from the service's environment
	$(PYTHON) -m venv $(VENV)/deploy
	$(VENV)/deploy/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-deploy.txt
	touch $@
