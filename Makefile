# Ekisei: needs python3 (>= 3.11, with venv) and make; everything else goes into .venv and app/.
PYTHON ?= python3
PORT ?= 8050
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
VENDOR := app/assets/vendor/.stamp
BATCH := out/library
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable)
export CHROMIUM

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: audit help setup setup-test run test lint unit long coverage bench bench-quick bench-peers fuzz soak screenshots bundle lock clean check-chromium

help: ## このリストを表示 / show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.stamp-run $(VENV)/.stamp-project $(VENDOR) ## 環境を用意 / prepare .venv and the map libraries

setup-test: setup $(VENV)/.stamp-test

run: setup ## 全シナリオを計算し画面を開く / run the library, then serve on PORT (8050)
	$(BIN)/ekisei batch scenarios/library --out $(BATCH) --resume --jobs $(JOBS)
	$(BIN)/ekisei serve --port $(PORT)

test: check-chromium setup-test lint unit ## 検査とすべてのテスト / lint, types, fences and all tests

lint: setup-test ## 書式・型・依存の検査 / style, types, import fences, words, dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/deptry .
	$(BIN)/bandit --quiet --recursive app geodata scenarios sim --configfile pyproject.toml --baseline tests/security/bandit_known.json
	$(BIN)/numpydoc lint $$(find geodata sim -name '*.py')

audit: setup-test ## 依存に知られた弱点がないか / known weaknesses of what we depend on; needs a network
	$(BIN)/python -m tests.security.audit

# One file stays on one worker, so that a page opened once serves its whole file.
unit: setup-test
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

long: check-chromium setup-test ## 例を数倍に増やしたテスト / all tests with several times the examples; ARGS="tests/property"
	EKISEI_LONG_TESTS=1 $(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

coverage: check-chromium setup-test ## テストの網羅率 / branch coverage of all tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --cov --cov-report=term

bench: bench-peers ## 速度を比較相手と計測 / timings beside peers; ARGS="--only walk --runs 3"
	$(BIN)/python -m tests.benchmarks $(ARGS)

bench-quick: bench-peers ## 小さな入力で手早く計測 / the same on a small input, once or twice
	$(BIN)/python -m tests.benchmarks --cells 300 --facilities 30 --runs 2 $(ARGS)

# The peers: an optional group into .venv, and urbanaccess into an environment of its own. One that cannot be had is told.
bench-peers: setup-test
	$(BIN)/python -m tests.benchmarks.install_peers

fuzz: setup-test ## 壊れたファイル・アドレス・送信を試す / damage files, addresses and bodies; ARGS="--seconds 600 --only gtfs"
	-@$(PIP) install --quiet --require-hashes -r requirements-fuzz.lock
	$(BIN)/python -m tests.fuzz $(ARGS)

soak: setup-test ## 止め・壊し・満杯で何も失わないか / kill, damage, fill up: nothing lost; ARGS="--only kills"
	$(BIN)/python -m tests.soak $(ARGS)

screenshots: check-chromium setup-test ## 画面の写真を撮る / take pictures of the page
	$(BIN)/python -m tests.screenshots

bundle: setup ## オフライン一式を dist/ に作成 / offline folder; ARGS="--platform win_amd64" for Windows
	$(BIN)/python -m app.bundle $(ARGS)

lock: ## 依存の固定を更新 (uv と npm が必要) / renew all locks
	sh app/lock.sh

clean: ## 作られたものを消す / remove everything generated
	rm -rf $(VENV) out dist build ekisei.egg-info app/node_modules app/assets/vendor
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage htmlcov test-results

check-chromium:
	@test -n "$(CHROMIUM)" || { echo "Chromium がありません / no Chromium found: apt install chromium fonts-noto-cjk (or set CHROMIUM=/path/to/it)" >&2; exit 1; }

$(VENV)/.stamp-venv:
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 以上と venv が必要です / Python >= 3.11 with venv is needed: apt install python3 python3-venv (or set PYTHON=)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.stamp-run: requirements.lock $(VENV)/.stamp-venv
	@echo "Python の部品を入れています（1〜2 分） / installing Python packages (1-2 minutes)"
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.stamp-test: requirements-test.lock $(VENV)/.stamp-run
	@echo "テスト用の部品を入れています / installing test tools"
	@$(PIP) install --quiet --require-hashes -r requirements-test.lock
	@touch $@

$(VENV)/.stamp-project: pyproject.toml $(wildcard */__init__.py) $(VENV)/.stamp-run
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENDOR): app/package-lock.json app/setup_frontend.py requirements-front.lock $(VENV)/.stamp-run
	$(BIN)/python app/setup_frontend.py
	@touch $@
