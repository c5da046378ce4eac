# Every target sets up what it needs; nothing but Python 3.11 or newer and make is expected.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run build test test-faults lint types imports format bench bench-load soak screenshots lock clean

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

lint: $(VENV)/.tested ## code style, types, import order
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.tested
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.benched ## accuracy against the naive baseline and speed, on tests/labelled; more in README
	$(BIN)/python -m bench.compare tests/labelled
	$(BIN)/python -m bench.speed tests/labelled

bench-load: $(VENV)/.tested ## throughput, latency and memory under a day's mix of traffic, of one service and of two
	$(BIN)/python -m bench.load

MINUTES ?= 10
RATE ?= 200
soak: $(VENV)/.tested ## memory at each minute of a steady rate: make soak MINUTES=3 RATE=100
	$(BIN)/python -m bench.load --soak $(MINUTES) --rate $(RATE)

screenshots: $(VENV)/.tested ## the pictures of docs/images, anew
	$(BIN)/python -m scripts.screenshots

lock: $(VENV)/.tested ## write the locks anew
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --group build -o requirements.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --group build --group test -o requirements-test.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --group build --group test --group bench -o requirements-bench.txt

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
	touch $@

$(VENV)/.benched: $(VENV)/.tested requirements-bench.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	touch $@
