"""
Owns the offline folder: wheels, map libraries, scenarios and start scripts to carry to a planner's PC.

``make bundle`` makes ``dist/ekisei-offline-<version>/`` for this machine's platform; ``ARGS="--platform win_amd64"``
makes one for Windows as well. The folder needs Python of the same minor version, and no network.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess  # nosec B404 - fixed programs, no shell, nothing typed
import sys
import sysconfig
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
VENDOR = ROOT / "app" / "assets" / "vendor"
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

START_SH = """\
#!/bin/sh
# Ekisei, offline: makes .venv from ./wheels once, then computes the library and serves the page.
set -eu
cd "$(dirname "$0")"
PYTHON="${PYTHON:-python3}"
PORT="${PORT:-8050}"
if ! "$PYTHON" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (@MAJOR@, @MINOR@))' 2>/dev/null; then
  echo "Python @PYTHON@ と venv が必要です / Python @PYTHON@ with venv is needed (PYTHON=/path/to/python)" >&2
  exit 1
fi
if [ ! -f .venv/ready ]; then
  echo "初回の準備をしています（数分） / preparing, once (some minutes)"
  "$PYTHON" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels \\
    --require-hashes -r requirements.lock
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps wheels/@WHEEL@
  touch .venv/ready
fi
.venv/bin/ekisei batch library --out out/library --resume --jobs 2
echo "http://127.0.0.1:$PORT/"
exec .venv/bin/ekisei serve --port "$PORT"
"""

START_BAT = """\
@echo off
rem Ekisei, offline: makes .venv from wheels once, then computes the library and serves the page.
rem Not yet tried on a real Windows machine.
setlocal
cd /d "%~dp0"
set PYTHONUTF8=1
if "%PORT%"=="" set PORT=8050
py -@PYTHON@ -c "import venv, ensurepip" || goto nopython
if exist .venv\\ready goto run
echo Preparing, once (some minutes)...
py -@PYTHON@ -m venv .venv || goto failed
set INSTALL=.venv\\Scripts\\python -m pip install --quiet --disable-pip-version-check --no-index
%INSTALL% --find-links wheels --require-hashes -r requirements.lock || goto failed
%INSTALL% --no-deps wheels\\@WHEEL@ || goto failed
type nul > .venv\\ready
:run
.venv\\Scripts\\ekisei batch library --out out\\library --resume --jobs 2 || goto failed
start "" "http://127.0.0.1:%PORT%/"
.venv\\Scripts\\ekisei serve --port %PORT%
goto end
:nopython
echo Python @PYTHON@ (64 bit, with the py launcher) is needed.
pause
exit /b 1
:failed
echo Ekisei could not be started. See the message above.
pause
exit /b 1
:end
"""

README = """\
駅勢（Ekisei）オフライン版 @VERSION@
====================================

このフォルダを PC にコピーして使います。ネットワーク接続は要りません。

必要なもの    Python @PYTHON@（venv を含むもの）。対象: @PLATFORMS@
起動          Linux:   sh start.sh
              Windows: start.bat をダブルクリック（Windows での動作は未確認です）
画面          ブラウザで http://127.0.0.1:8050/ を開く（PORT=8060 sh start.sh で番号を変更）
終了          起動した端末で Ctrl+C

初回は環境の準備と全シナリオの計算に数分かかります。2 回目からは結果を再利用します。
シナリオは library フォルダの YAML です。追加・変更して起動し直すと、その分だけ計算します。
結果は out フォルダに入ります。消したいときは out と .venv を削除してください。

wheels            Python の部品（各部品のライセンスは部品の中にあります）
requirements.lock 部品の版とハッシュ
LICENSE           本ソフトウェアのライセンス（MIT）
LICENSES-map.txt  地図ライブラリのライセンス
"""


def read_version() -> str:
    """Return the version written in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def build_environment(platform: str, python: str) -> dict[str, str]:
    """Return the marker values of another machine: pip itself would judge markers by this one."""
    windows = platform.startswith("win")
    mac = platform.startswith("macosx")
    return {
        "sys_platform": "win32" if windows else "darwin" if mac else "linux",
        "platform_system": "Windows" if windows else "Darwin" if mac else "Linux",
        "os_name": "nt" if windows else "posix",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }


def select_requirements(lock: str, environment: dict[str, str]) -> str:
    """Return the lock's entries that apply in `environment`, without their markers."""
    kept = []
    for entry in lock.replace("\\\n", " ").splitlines():
        head, *hashes = entry.split(" --hash=")
        if not head.strip() or head.lstrip().startswith("#"):
            continue
        requirement = Requirement(head.strip())
        if requirement.marker is None or requirement.marker.evaluate(environment):
            kept.append(" --hash=".join([f"{requirement.name}{requirement.specifier}", *(h.strip() for h in hashes)]))
    return "\n".join(kept) + "\n"


def run_pip(*arguments: str | Path) -> None:
    """Run pip of this environment; stop if it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    subprocess.run(command, check=True)  # nosec B603 - fixed arguments, no shell


def download_wheels(folder: Path, platform: str | None, python: str) -> None:
    """Fetch every locked wheel for this machine, or for another platform."""
    common = ("download", "--quiet", "--dest", folder, "--only-binary=:all:", "--require-hashes", "--no-deps")
    if platform is None:
        run_pip(*common, "-r", LOCK)
        return
    wanted = folder.parent / "wanted.txt"
    wanted.write_text(
        select_requirements(LOCK.read_text(encoding="utf-8"), build_environment(platform, python)), encoding="utf-8"
    )
    run_pip(*common, "--platform", platform, "--python-version", python, "--implementation", "cp", "-r", wanted)
    wanted.unlink()


def build_project_wheel(folder: Path) -> str:
    """Build this project's wheel, map libraries included, and return its file name."""
    shutil.rmtree(ROOT / "build", ignore_errors=True)  # files since removed would slip into the wheel
    run_pip("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    return next(folder.glob("ekisei-*.whl")).name


def write_texts(folder: Path, wheel: str, version: str, python: str, platforms: list[str]) -> None:
    """Write start scripts and README for the given Python."""
    major, minor = python.split(".")
    values = {"WHEEL": wheel, "VERSION": version, "PYTHON": python, "MAJOR": major, "MINOR": minor}
    values["PLATFORMS"] = "、".join(platforms)

    def fill(text: str) -> str:
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        return text

    start = folder / "start.sh"
    start.write_text(fill(START_SH), encoding="utf-8", newline="\n")
    start.chmod(0o755)
    (folder / "start.bat").write_text(fill(START_BAT), encoding="ascii", newline="\r\n")
    (folder / "README.txt").write_text(fill(README), encoding="utf-8-sig", newline="\r\n")


def make_bundle(platforms: list[str], python: str) -> Path:
    """Make the folder beside its final place, then rename it: a half-made one is never left."""
    version = read_version()
    final = ROOT / "dist" / f"ekisei-offline-{version}"
    folder = final.with_name(final.name + ".part")
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    if python == THIS_PYTHON:
        download_wheels(wheels, None, python)
    for platform in platforms:
        download_wheels(wheels, platform, python)
    wheel = build_project_wheel(wheels)
    shutil.copytree(ROOT / "scenarios" / "library", folder / "library")
    shutil.copyfile(LOCK, folder / LOCK.name)
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    shutil.copyfile(VENDOR / "LICENSES.txt", folder / "LICENSES-map.txt")
    here = [sysconfig.get_platform()] if python == THIS_PYTHON else []
    write_texts(folder, wheel, version, python, [*here, *platforms])
    shutil.rmtree(final, ignore_errors=True)
    folder.rename(final)
    return final


def main() -> int:
    """Read the options, make the bundle, and say where it is."""
    parser = argparse.ArgumentParser(description="オフライン一式を作成 / make the offline folder")
    parser.add_argument(
        "--platform", action="append", default=[], help="also fetch wheels for another platform: win_amd64"
    )
    parser.add_argument("--python-version", default=THIS_PYTHON, help="minor version of Python on the other PC")
    options = parser.parse_args()
    if not VENDOR.is_dir():
        print("先に make setup を実行してください / run make setup first", file=sys.stderr)
        return 2
    if options.python_version != THIS_PYTHON and not options.platform:
        print("--python-version には --platform も必要です / --python-version needs --platform", file=sys.stderr)
        return 2
    try:
        folder = make_bundle(options.platform, options.python_version)
    except subprocess.CalledProcessError as problem:
        print(f"エラー / error: pip が失敗しました / pip failed ({problem.returncode})", file=sys.stderr)
        return 1
    size_mb = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6
    print(f"{folder.relative_to(ROOT)} ({size_mb:,.0f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
