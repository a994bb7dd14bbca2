"""Owns the choice of language and the look-up of the command line's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.text import (
    cli_en,
    cli_ja,
    doctor_en,
    doctor_ja,
    drafts_en,
    drafts_ja,
    fairness_en,
    fairness_ja,
    goals_en,
    goals_ja,
    money_en,
    money_ja,
    people_en,
    people_ja,
    report_en,
    report_ja,
    rides_en,
    rides_ja,
    services_en,
    services_ja,
    store_en,
    store_ja,
    sureness_en,
    sureness_ja,
    sweeps_en,
    sweeps_ja,
    targets_en,
    targets_ja,
    users_en,
    users_ja,
)
from geodata.errors import Text, UsageError, error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

LANGUAGES = ("ja", "en")
DEFAULT_LANGUAGE = "ja"


def merged(*parts: ModuleType) -> dict[str, str]:
    """Return the messages of several catalogues as one."""
    return {key: text for part in parts for key, text in part.MESSAGES.items()}


CATALOGUES = {
    "ja": merged(
        cli_ja,
        services_ja,
        people_ja,
        rides_ja,
        money_ja,
        fairness_ja,
        sureness_ja,
        goals_ja,
        targets_ja,
        report_ja,
        users_ja,
        drafts_ja,
        doctor_ja,
        store_ja,
        sweeps_ja,
    ),
    "en": merged(
        cli_en,
        services_en,
        people_en,
        rides_en,
        money_en,
        fairness_en,
        sureness_en,
        goals_en,
        targets_en,
        report_en,
        users_en,
        drafts_en,
        doctor_en,
        store_en,
        sweeps_en,
    ),
}


def say(lang: str, key: str, **values: object) -> str:
    """Return one message in `lang`, filled with `values`."""
    text = CATALOGUES["en" if lang == "en" else "ja"][key]
    return text.format(**values) if values else text


def both(key: str, **values: object) -> Text:
    """Return one message in both languages."""
    return Text(say("ja", key, **values), say("en", key, **values))


def take_language(arguments: Sequence[str], environ: Mapping[str, str]) -> tuple[list[str], str]:
    """
    Return the arguments without ``--lang``, wherever it stood, and the language.

    The option wins over the environment variable EKISEI_LANG; an unknown value of the variable means Japanese.

    Raises
    ------
    UsageError
        If ``--lang`` has no value or an unknown one.
    """
    wanted = environ.get("EKISEI_LANG", DEFAULT_LANGUAGE)
    lang = wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE
    kept: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name, joined, value = argument.partition("=")
        if name != "--lang":
            kept.append(argument)
            continue
        lang = value if joined else next(rest, "")
        if lang not in LANGUAGES:
            raise UsageError(error("cli.lang", "--lang", both("usage.lang", value=lang), both("usage.lang_hint")))
    return kept, lang


def take_flag(arguments: Sequence[str], flag: str) -> tuple[list[str], bool]:
    """Return the arguments without `flag`, wherever it stood, and whether it was there."""
    return [a for a in arguments if a != flag], flag in arguments


def bullet(lang: str) -> str:
    """Return what a line of a list begins with."""
    return "・" if lang == "ja" else "- "
