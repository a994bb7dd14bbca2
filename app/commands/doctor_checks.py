"""Owns what ``ekisei doctor`` looks at on this machine: each thing fine, worth a warning, or in the way."""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
import socket
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.commands.session import Session

LEAST_PYTHON = (3, 11)
LITTLE_BYTES, NO_BYTES = 2_000_000_000, 100_000_000
"""Free disk below which a batch may not fit, and below which hardly anything can be saved."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "firefox")
VENDOR = Path(__file__).parents[1] / "assets" / "vendor"
VENDOR_FILES = ("1-maplibre-gl.js", "1-maplibre-gl.css", "2-terra-draw.js", "3-terra-draw-maplibre-gl-adapter.js")
LOCK = Path(__file__).parents[2] / "requirements.lock"
CLOCK_SLACK_S = 86_400.0
MOST_YEARS = 20


class State(StrEnum):
    """How something is found."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: its name (a key of words), how it is, what was found, and what to do if it is not fine."""

    name: str
    state: State
    found: str
    remedy: str = ""


def finding(session: Session, name: str, found: str, *, remedy: str = "", bad: State = State.FAIL) -> Finding:
    """Return a finding: fine without a remedy, else `bad`."""
    return Finding(name, bad if remedy else State.OK, found, session.say(remedy) if remedy else "")


# ---------------------------------------------------------------- the program


def look_at_program(session: Session) -> Finding:
    """Return the version and the digest of the code, by which results are known."""
    from scenarios.store import code_digest

    return finding(session, "program", f"{version('ekisei')} ({code_digest()[:16]})")


def look_at_python(session: Session) -> Finding:
    """Return which Python this is."""
    told = f"{platform.python_version()} ({platform.system()} {platform.machine()})"
    return finding(session, "python", told, remedy="" if sys.version_info >= LEAST_PYTHON else "doctor.python_old")


def look_at_libraries(session: Session) -> Finding:
    """Return which libraries are missing or older than needed, or are others than the tested ones."""
    from packaging.requirements import Requirement

    wanted = [Requirement(line) for line in requires("ekisei") or ()]
    needed = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    installed = {one.name: installed_version(one.name) for one in needed}
    bad = [one for one in needed if not one.specifier.contains(installed[one.name] or "0", prereleases=True)]
    if bad:
        told = ", ".join(f"{one.name} {installed[one.name] or '-'} ({one.specifier})" for one in bad)
        return finding(session, "libraries", told, remedy="doctor.libraries_bad")
    locked = locked_versions(LOCK.read_text(encoding="utf-8")) if LOCK.is_file() else {}
    other = [n for n, v in installed.items() if locked.get(n.lower(), v) != v]
    if other:
        told = ", ".join(f"{name} {installed[name]} ({locked[name.lower()]})" for name in other)
        return finding(session, "libraries", told, remedy="doctor.libraries_other", bad=State.WARN)
    return finding(session, "libraries", session.say("doctor.libraries_fine", n=len(needed)))


def installed_version(name: str) -> str | None:
    """Return the version of a library; None where it is missing."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def locked_versions(lock: str) -> dict[str, str]:
    """Return library → version of a lock."""
    heads = (line.split(";")[0].split("\\")[0].strip() for line in lock.splitlines() if "==" in line)
    return {name.strip().lower(): number.strip() for name, _, number in (head.partition("==") for head in heads)}


def look_at_font(session: Session) -> Finding:
    """Return whether the typeface of maps and PDF is there."""
    from app.report.fonts import font_file

    try:
        path = font_file()
    except FileNotFoundError:
        return finding(session, "font", "-", remedy="doctor.font_missing")
    return finding(session, "font", path.name, remedy="" if path.is_file() else "doctor.font_missing")


def look_at_pango(session: Session) -> Finding:
    """Return whether PDF can be set."""
    from importlib import import_module

    try:
        found = import_module("weasyprint").__version__
    except OSError as cause:
        said = str(cause).splitlines()[0][:120]
        return finding(session, "pango", said, remedy="doctor.pango_missing", bad=State.WARN)
    return finding(session, "pango", f"weasyprint {found}")


def look_at_browser(session: Session) -> Finding:
    """Return which browser is on the path; the page can be opened by one on another machine as well."""
    found = os.environ.get("CHROMIUM") or next((path for path in map(shutil.which, BROWSERS) if path), None)
    return finding(session, "browser", found or "-", remedy="" if found else "doctor.browser_none", bad=State.WARN)


def look_at_vendor(session: Session) -> Finding:
    """Return whether the map libraries were fetched."""
    missing = [name for name in VENDOR_FILES if not (VENDOR / name).is_file()]
    told = ", ".join(missing) if missing else session.say("doctor.here")
    return finding(session, "vendor", told, remedy="doctor.vendor_missing" if missing else "")


# ---------------------------------------------------------------- the machine


def look_at_folder(session: Session, name: str, folder: Path) -> Finding:
    """Return whether something can be written into a folder, or where it would be made."""
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as cause:
        remedy = "doctor.home_unwritable" if name == "home" else "doctor.out_unwritable"
        return finding(session, name, f"{folder}: {cause.strerror}", remedy=remedy)
    return finding(session, name, f"{folder}: {session.say('doctor.writable')}")


def look_at_disk(session: Session, folder: Path) -> Finding:
    """Return how much of the disk is free where a folder is."""
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(nearest).free
    told = f"{free / 1e9:,.1f} GB"
    if free < LITTLE_BYTES:
        bad = State.FAIL if free < NO_BYTES else State.WARN
        return finding(session, "disk", told, remedy="doctor.disk_little", bad=bad)
    return finding(session, "disk", told)


def look_at_clock(session: Session, home: Path, now: dt.datetime | None = None) -> Finding:
    """Return what the clock says; one before this program, or behind what was written here, is wrong."""
    here = (now or dt.datetime.now(tz=dt.UTC)).astimezone()
    newest = max((path.stat().st_mtime for path in (Path(__file__), *home.glob("*"))), default=0.0)
    late = here.timestamp() + CLOCK_SLACK_S < newest
    early = here.year > dt.datetime.fromtimestamp(Path(__file__).stat().st_mtime, tz=dt.UTC).year + MOST_YEARS
    remedy = "doctor.clock_wrong" if late or early else ""
    return finding(session, "clock", here.isoformat(timespec="seconds"), remedy=remedy, bad=State.WARN)


def look_at_port(session: Session, port: int) -> Finding:
    """Return whether the page could be served here now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as cause:
            told = f"{port}: {cause.strerror}"
            return finding(session, "port", told, remedy="doctor.port_taken", bad=State.WARN)
    return finding(session, "port", f"{port}: {session.say('doctor.free')}")


def look_at_encoding(session: Session) -> Finding:
    """Return how file names and output are encoded."""
    found = {sys.getfilesystemencoding(), (sys.stdout.encoding or "ascii")}
    told = ", ".join(sorted(one.lower() for one in found))
    fine = all(one.lower().replace("-", "") == "utf8" for one in found)
    return finding(session, "encoding", told, remedy="" if fine else "doctor.encoding_other", bad=State.WARN)


def look_at_kernels(session: Session, environ: Mapping[str, str]) -> Finding:
    """Return where compiled kernels are kept, and whether they are there."""
    from app.commands.kernel_cache import VARIABLE, version_digest

    given = environ.get(VARIABLE)
    if not given:
        return finding(session, "kernels", "-", remedy="doctor.kernels_unkept", bad=State.WARN)
    folder = Path(given).expanduser()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(nearest, os.W_OK):
        return finding(session, "kernels", str(folder), remedy="doctor.kernels_unkept", bad=State.WARN)
    ready = (folder / f"all-{version_digest()}").is_file()
    told = session.say("doctor.kernels_ready" if ready else "doctor.kernels_first")
    return finding(session, "kernels", f"{folder}: {told}")
