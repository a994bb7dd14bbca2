"""Owns how a city hall writes on paper: fiscal years and days of an era, thousands of yen, how firm a plan is."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING

from app.fiscal_years import HEISEI_ZERO, REIWA_ZERO
from app.text import say
from geodata.provenance import STATUS_TEXT, Status, weakest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.runs import Run
    from app.services import Services

REIWA_BEGINS = dt.date(2019, 5, 1)
FISCAL_YEAR_BEGINS = 4
THOUSAND = 1000.0
ADDRESS = re.compile(r"（?https?://[!-~]+(?: 掲載値）)?")


def fiscal_year(year: int, lang: str) -> str:
    """Return 令和11年度（2029年度）, in English FY2029 (R11)."""
    if year <= REIWA_ZERO:
        era = f"平成{year - HEISEI_ZERO}年度（{year}年度）" if year > HEISEI_ZERO else f"{year}年度"
        return era if lang == "ja" else f"FY{year}"
    number = year - REIWA_ZERO
    return f"令和{'元' if number == 1 else number}年度（{year}年度）" if lang == "ja" else f"FY{year} (R{number})"


def fiscal_short(year: int, lang: str) -> str:
    """Return 令和11年度, in English FY2029."""
    return fiscal_year(year, lang).partition("（")[0].partition(" (")[0]


def day(date: dt.date, lang: str) -> str:
    """Return 令和8年11月22日, in English 2026-11-22."""
    if lang != "ja" or date < REIWA_BEGINS:
        return date.isoformat() if lang != "ja" else f"{date.year}年{date.month}月{date.day}日"
    number = date.year - REIWA_ZERO
    return f"令和{'元' if number == 1 else number}年{date.month}月{date.day}日"


def thousand_yen(value: float | None, *, signed: bool = False) -> str:
    """Return yen as thousands, separated; — without a value."""
    if value is None or math.isnan(value):
        return "—"
    number = round(value / THOUSAND)
    text = f"{number:+,}" if signed else f"{number:,}"
    return "±0" if signed and number == 0 else text.replace("-", "−")


def plan_word(run: Run, lang: str) -> str:
    """Return 計画に記載, 検討中, 仮想 or 現況."""
    return say(lang, f"plan_{'baseline' if run.is_baseline else run.plan_status}")


def status_word(run: Run, lang: str) -> str:
    """Return how sure the values of a map can be at best: as its weakest input."""
    weak = weakest(Status(str(name)) for name in run.stored.manifest["statuses"].values())
    return say(lang, "report.status", status=STATUS_TEXT[weak].get(lang))


def digest_line(services: Services, runs: Iterable[Run], lang: str) -> str:
    """Return which results these are, by the digests that the foot of the page shows, and of which version."""
    from importlib.metadata import version  # noqa: PLC0415 - reads the package's folder

    found = "、".join(f"{run.run_id} {run.key[:8]}" for run in dict.fromkeys(runs))
    digest = say(lang, "report.digest", city=services.city.digest[:8], runs=found)
    return f"{say(lang, 'version', version=version('ekisei'))} ・ {digest}"


def credits_line(services: Services, lang: str, layers: Sequence[str] = ()) -> str:
    """Return whose figures stand behind everything, or behind some layers, each named once and without addresses."""
    sources = [s for s in services.city.sources if not layers or s.layer.partition(".")[0] in layers]
    named = dict.fromkeys(ADDRESS.sub("", source.credit).strip(" 、") for source in sources if source.credit)
    names = [credit.removeprefix("出典：").removeprefix("出典:") for credit in named if credit]
    word, between = ("出典: ", " ／ ") if lang == "ja" else ("Sources: ", " / ")
    return word + between.join(names)
