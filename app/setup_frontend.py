"""
Owns the map libraries of the page: fetches them once by the npm lock and lays them beside our own assets.

Run by ``make setup`` with the environment's Python; uses nothing but the standard library. Afterwards the page
needs no network. Node is taken from the PATH, else from the wheel pinned in ``requirements-front.lock``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess  # nosec B404 - fixed programs, no shell, nothing typed
import sys
from pathlib import Path

APP = Path(__file__).resolve().parent
ROOT = APP.parent
MODULES = APP / "node_modules"
VENDOR = APP / "assets" / "vendor"
STAMP = VENDOR / ".stamp"
LOCK = APP / "package-lock.json"
FRONT_LOCK = ROOT / "requirements-front.lock"
OLDEST_NODE = 18  # older npm cannot read the lock's format

# file in the package → name beside our assets; Dash loads in order of name, and the adapter needs the two before it
FILES = {
    "maplibre-gl/dist/maplibre-gl.css": "1-maplibre-gl.css",
    "maplibre-gl/dist/maplibre-gl.js": "1-maplibre-gl.js",
    "terra-draw/dist/terra-draw.umd.js": "2-terra-draw.js",
    "terra-draw-maplibre-gl-adapter/dist/terra-draw-maplibre-gl-adapter.umd.js": "3-terra-draw-maplibre-gl-adapter.js",
}
PACKAGES = ("maplibre-gl", "terra-draw", "terra-draw-maplibre-gl-adapter")

MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


class SetupError(Exception):
    """The map libraries could not be set up; the message says what to do."""


def build_stamp() -> str:
    """Return what the vendor folder was made from: the lock and the list of files."""
    digest = hashlib.sha256(LOCK.read_bytes())
    digest.update(json.dumps([FILES, PACKAGES]).encode())
    return digest.hexdigest()


def is_ready(stamp: str) -> bool:
    """Tell whether the vendor folder is complete and made from the present lock."""
    complete = all((VENDOR / name).is_file() for name in FILES.values())
    return complete and STAMP.is_file() and STAMP.read_text(encoding="utf-8").strip() == stamp


def find_npm() -> tuple[str, str] | None:
    """Return npm and the folder of its node from the PATH, or None where there is none or it is too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # nosec B603 - fixed arguments, no shell
    major = answer.stdout.strip().lstrip("v").split(".")[0]
    return (npm, str(Path(node).parent)) if major.isdigit() and int(major) >= OLDEST_NODE else None


def install_npm() -> tuple[str, str]:
    """Install node as a wheel into this environment and return its npm and folder."""
    folder = Path(sys.executable).parent
    npm = shutil.which("npm", path=str(folder))
    if npm is None:
        print("node が PATH に無いため、環境内に用意します / no node on the PATH: installing it into .venv")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*command, "--require-hashes", "-r", str(FRONT_LOCK)], check=False)  # nosec B603 - fixed arguments, no shell
        npm = shutil.which("npm", path=str(folder))
        if done.returncode or npm is None:
            message = "node を用意できません。Node.js 18 以上を入れてください / install Node.js 18 or newer"
            raise SetupError(message)
    return npm, str(folder)


def run_npm(npm: str, folder: str) -> None:
    """Install exactly what the lock names, without running any package's own scripts."""
    command = [npm, "ci", "--ignore-scripts", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund"]
    env = {**os.environ, "PATH": folder + os.pathsep + os.environ.get("PATH", "")}
    done = subprocess.run([*command, "--loglevel=error"], cwd=APP, env=env, check=False)  # nosec B603 - fixed arguments, no shell
    if done.returncode:
        message = (
            "地図ライブラリを取得できません。ネットワークと npm の設定を確かめ、もう一度 make setup を実行してください"
            " / npm ci failed: check the network and npm's settings, then run make setup again"
        )
        raise SetupError(message)


def build_notice() -> str:
    """Return names, versions and licence texts of the copied packages."""
    parts = []
    for package in PACKAGES:
        meta = json.loads((MODULES / package / "package.json").read_text(encoding="utf-8"))
        shipped = MODULES / package / "LICENSE.txt"
        holder = f"Copyright (c) {meta.get('author', package)}\n\n"
        text = shipped.read_text(encoding="utf-8") if shipped.is_file() else holder + MIT
        parts.append(f"{meta['name']} {meta['version']} ({meta.get('license', 'see below')})\n\n{text.strip()}\n")
    return ("\n" + "-" * 79 + "\n\n").join(parts)


def copy_files(stamp: str) -> None:
    """Lay the browser files and their licences into a fresh vendor folder, the stamp last."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, name in FILES.items():
        shutil.copyfile(MODULES / source, VENDOR / name)
    (VENDOR / "LICENSES.txt").write_text(build_notice(), encoding="utf-8")
    STAMP.write_text(stamp + "\n", encoding="utf-8")


def main() -> int:
    """Set up the map libraries unless they are there; return the exit code."""
    stamp = build_stamp()
    if is_ready(stamp):
        return 0
    try:
        run_npm(*(find_npm() or install_npm()))
        copy_files(stamp)
    except (SetupError, OSError) as problem:
        print(f"エラー / error: {problem}", file=sys.stderr)
        return 1
    print("地図ライブラリを app/assets/vendor/ に用意しました / map libraries are in app/assets/vendor/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
