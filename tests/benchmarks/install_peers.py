"""
Owns the peers' installation: the optional group into this environment, urbanaccess into one of its own.

What cannot be installed is no failure: the reason is kept, and the bench says it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out" / "bench"
VENV = OUT / "urbanaccess"
FOUND = OUT / "peers.json"
GROUP_LOCK = ROOT / "requirements-bench.lock"
URBANACCESS_LOCK = ROOT / "requirements-urbanaccess.lock"
_LAST = 300


def python_of(venv: Path) -> Path:
    """Return the interpreter of an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def reason(peer: str) -> str:
    """Return why a set of peers could not be installed, "" if it could or nobody tried."""
    try:
        found: dict[str, dict[str, str]] = json.loads(FOUND.read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return found.get(peer, {}).get("why", "")


def install(python: Path, lock: Path) -> str:
    """Install a lock by its hashes; return why it failed, "" if it did not."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
    done = subprocess.run([*command, "-r", str(lock)], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    told = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
    return " ".join(told)[-_LAST:] or f"pip ended with {done.returncode}"


def digest(lock: Path) -> str:
    """Return what an installation is known by."""
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


def main() -> None:
    """Install both sets unless just these were installed before."""
    OUT.mkdir(parents=True, exist_ok=True)
    try:
        known = json.loads(FOUND.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    for peer, lock in (("group", GROUP_LOCK), ("urbanaccess", URBANACCESS_LOCK)):
        wanted = digest(lock)
        here = Path(sys.executable) if peer == "group" else python_of(VENV)
        if known.get(peer) == {"lock": wanted, "why": ""} and here.is_file() and _installed(here, peer):
            continue
        print(f"比較相手の部品を入れています / installing peers: {lock.name}", flush=True)
        if peer == "urbanaccess":
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        why = install(here, lock)
        if why:
            print(f"入れられません / cannot be installed: {lock.name}: {why}", flush=True)
        known[peer] = {"lock": wanted, "why": why}
        FOUND.write_text(json.dumps(known, indent=2) + "\n", "utf-8")


def _installed(python: Path, peer: str) -> bool:
    wanted = "ferrobus, pandana" if peer == "group" else "urbanaccess"
    code = f"import importlib.util as u, sys; sys.exit(not all(u.find_spec(n.strip()) for n in '{wanted}'.split(',')))"
    return subprocess.run([str(python), "-c", code], check=False).returncode == 0


if __name__ == "__main__":
    main()
