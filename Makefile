# Every target stands on its own: a bare machine with Python >= 3.11 and make is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH_READY := $(VENV)/.ready-bench
ASSETS := gridgeo/maps/vendor/.ready
BROWSER := $(VENV)/.ready-browser
POSTGRESQL := $(VENV)/.ready-postgresql

.PHONY: help demo serve test check bench data golden lock clean

help:
	@echo "make demo    divide the built-in district, write out/demo.gpkg and out/demo.html"
	@echo "make test    run all tests          make check   format, lint, types, sizes, tests"
	@echo "make serve   the map service on an invented city with moving incidents at port 8000"
	@echo "make bench   figures against peers  make data    rebuild the files of data/"

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit('gridgeo needs Python 3.11 or newer' if sys.version_info < (3, 11) else 0)"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(BENCH_READY): $(READY) requirements-bench.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	touch $@

# Leaflet for the maps, by npm from the lock file beside the code that inlines it.
$(ASSETS): $(READY) gridgeo/maps/package-lock.json gridgeo/maps/vendoring.py
	$(BIN)/python -m gridgeo.maps.vendoring
	touch $@

# The browser tests want Chromium and a Chinese font: installed where we may, said where we may not.
$(BROWSER):
	@mkdir -p $(VENV)
	@if command -v chromium >/dev/null 2>&1 && fc-list 2>/dev/null | grep -q "Noto Sans CJK"; then touch $@; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null && touch $@; \
	else echo "no Chromium and not root: the browser tests will be skipped, with the reason"; fi

# The tests of the incident store want a PostgreSQL of their own: they start one in a folder and stop it again.
$(POSTGRESQL):
	@mkdir -p $(VENV)
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1; then touch $@; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		apt-get update -qq && apt-get install -y -qq postgresql >/dev/null && touch $@; \
	else echo "no PostgreSQL and not root: its tests will be skipped, with the reason"; fi

demo: $(READY) $(ASSETS)
	mkdir -p out
	$(BIN)/gridgeo divide \
		--communities data/district.gpkg:communities --area-code area_code \
		--buildings data/district.gpkg:buildings --households households \
		--streets data/district.gpkg:streets \
		--barriers data/district.gpkg:railway --barriers data/district.gpkg:water \
		--compounds data/district.gpkg:compounds --dedicated data/district.gpkg:dedicated \
		--preset yichang --out out/demo.gpkg
	$(BIN)/gridgeo map out/demo.gpkg --water data/district.gpkg:water --rail data/district.gpkg:railway --out out/demo.html
	@echo "open out/demo.html in a browser, out/demo.gpkg in QGIS"

serve: $(READY) $(ASSETS)
	$(BIN)/python -m gridgeo_web.rehearsal

test: $(READY) $(ASSETS) $(BROWSER) $(POSTGRESQL)
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered -q

check: $(READY) $(ASSETS) $(BROWSER) $(POSTGRESQL)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	mkdir -p .mypy && ln -sfn ../web .mypy/gridgeo_web
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile -q

bench: $(BENCH_READY) $(ASSETS)
	$(BIN)/python -m tests.benchmarks

data: $(READY)
	$(BIN)/python -m gridgeo.demo data

golden: $(READY)
	GRIDGEO_WRITE_GOLDEN=1 $(BIN)/python -m pytest -q tests/test_golden.py

lock:
	$(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --extra web --extra postgresql --extra report --extra parquet --extra test --extra check --extra notebooks --group build -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --extra bench -c requirements.lock -o requirements-bench.lock pyproject.toml

clean:
	rm -rf out build dist *.egg-info .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
