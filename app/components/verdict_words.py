"""Owns verdicts on a target in words: sign, class of the style sheet, what stands in brackets beside one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.errors import Text
from scenarios.targets import VERDICT_TEXT, Verdict

if TYPE_CHECKING:
    from scenarios.targets import Forecast

VERDICT_SIGNS = {Verdict.MET: "○", Verdict.NOT_MET: "×", Verdict.UNDECIDED: "△", Verdict.INFEASIBLE: "■"}
ALONE, BY_APPARENT = (
    Text("値だけなら {word}", "the value alone: {word}"),
    Text("見かけの変化で決まる", "an apparent change decides"),
)


def verdict_class(verdict: Verdict) -> str:
    """Return the class of a verdict for the style sheet."""
    return f"verdict-{verdict}"


def verdict_word(verdict: Verdict, lang: str) -> str:
    """Return a verdict with its sign: colour never speaks alone, and no two signs look alike."""
    return f"{VERDICT_SIGNS.get(verdict, '－')} {VERDICT_TEXT[verdict].get(lang)}"


def alone_word(one: Forecast, lang: str) -> str:
    """
    Return what stands in brackets beside a verdict: what the value of a run over its limits would be by itself, and
    whether 見かけの変化 decides; empty where there is neither.
    """
    broken = one.verdict is Verdict.INFEASIBLE
    words = [ALONE.get(lang).format(word=verdict_word(one.alone, lang))] if broken else []
    words += [BY_APPARENT.get(lang)] if one.by_apparent else []
    if not words:
        return ""
    return f"（{'・'.join(words)}）" if lang == "ja" else f"({', '.join(words)})"


def whole_verdict(one: Forecast, lang: str) -> str:
    """Return a verdict with what stands in brackets beside it, on one line."""
    return f"{verdict_word(one.verdict, lang)}{'' if lang == 'ja' else ' '}{alone_word(one, lang)}".rstrip()
