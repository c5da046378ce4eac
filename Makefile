# Every target sets up what it needs; nothing but Python 3.11 or newer and make is expected.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run build test lint types imports format bench screenshots check-deploy check-image lock clean

run: $(VENV)/.installed ## serve at http://127.0.0.1:8000
	$(BIN)/hai-faq serve

build: $(VENV)/.installed ## fit the models into the cache
	$(BIN)/hai-faq build

test: $(VENV)/.tested ## every test
	$(BIN)/python -m pytest

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

screenshots: $(VENV)/.tested ## the pictures of docs/images, anew
	$(BIN)/python -m scripts.screenshots

check-deploy: $(VENV)/deploy/.installed ## Dockerfile, Kubernetes, Compose, Caddy, Prometheus and Grafana, each by its own tool
	scripts/check-deploy $(VENV)/deploy/bin

check-image: $(VENV)/.installed ## build the image, run it hardened, ask it; root on Debian, minutes
	scripts/check-image $(BIN)/python

lock: $(VENV)/.tested ## write the locks anew
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --group build -o requirements.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --group build --group test -o requirements-test.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-annotate pyproject.toml --group build --group test --group bench -o requirements-bench.txt
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
	touch $@

$(VENV)/.benched: $(VENV)/.tested requirements-bench.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	touch $@

$(VENV)/deploy/.installed: requirements-deploy.txt ## tools only, apart from the service's environment
	$(PYTHON) -m venv $(VENV)/deploy
	$(VENV)/deploy/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-deploy.txt
	touch $@
