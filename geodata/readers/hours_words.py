"""Owns the words of opening hours: days, times, 休診, 午前のみ, 第2土曜, as tokens of a text."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto
from typing import NamedTuple

DAYS = "月火水木金土日祝"
WEEKDAYS = 0b0001_1111
EVERY_DAY = 0b1111_1111
N_DAYS = len(DAYS)
NOON_S = 12 * 3600
_HOUR_S, _MINUTE_S, _DAY_S = 3600, 60, 24 * 3600
_HALF_H, _HOURS, _MINUTES = 12, 30, 60
_EARLIEST_BARE = 5
"""Bare numbers such as 9-12 count as hours from this one on."""


class TokenKind(Enum):
    """What a part of the text says."""

    DAYS = auto()
    TIME = auto()
    CLOSED = auto()
    HALF = auto()
    ONLY = auto()
    NTH = auto()
    RECEPTION = auto()
    LABEL = auto()
    END = auto()


class Token(NamedTuple):
    """Mask of days; start and end [s] of a time; of a half day, `start` is 0 for the morning, 1 for the afternoon."""

    kind: TokenKind
    days: int = 0
    start: int = 0
    end: int = 0


_CLOCK = r"(?:(?:午[前後]|AM|PM|翌日?|朝|夜|深夜)?\s*\d{1,2}(?::\d{2}(?::\d{2})?|時(?:\d{1,2}分|半)?)|正午)"
_DAY = r"(?:[月火水木金土日]曜?日?|祝祭?日?|祭日?)"
_DAY_WORD = rf"(?:平日|毎日|全日|全曜日|無休|土日祝日?|{_DAY})"
_LINK = r"[・、,，／/･&+;\s]*(?:-|及び|および|並びに|と|または)?[・、,，／/･&+;\s]*"
_DATE = r"\d{1,2}(?:月\d{1,2}日|/\d{1,2}(?!\d))"
_NTH_WORD = (
    r"(?:毎月)?第\s*\d(?:[・、,\-\s]*(?:第)?\s*\d)*\s*週?目?の?|隔週の?|奇数週の?|偶数週の?|最終(?=[月火水木金土日])"
)

_PATTERN = re.compile(
    "|".join(
        (
            rf"(?P<range>{_CLOCK}-{_CLOCK}(?:まで)?)",
            rf"(?P<date>{_DATE}(?:-(?:{_DATE}|\d{{1,2}}日))?)",
            r"(?P<bare>(?<![\d:/.])\d{1,2}-\d{1,2}時?(?![\d:/.時月]))",
            r"(?P<allday>24時間(?:営業|利用可?能?|対応)?)",
            r"(?P<reception>(?:外来|初診|再診)?(?:受付|受け付け)(?:時間)?)",
            r"(?P<closed>休診日?|休館日?|休業日?|定休日?|閉館日?|休園日?|閉庁日?|お休み|休み|休日|を?除く|以外|休(?!憩)|×)",
            r"(?P<label>診療(?:時間帯?|曜?日)?|開館(?:時間|日)?|営業(?:時間|日)?|利用(?:可能)?(?:時間|曜?日)?|開庁(?:時間)?|外来|診察(?:時間)?|業務時間)",
            rf"(?P<nth>(?:{_NTH_WORD})(?:{_DAY_WORD}(?:{_LINK}{_DAY_WORD})*)?)",
            rf"(?P<days>{_DAY_WORD}(?:{_LINK}{_DAY_WORD})*)",
            r"(?P<half>午前中?|午後|AM|PM)",
            r"(?P<only>のみ|だけ)",
            (
                r"(?P<noise>[\s:;。.,、，・･/／|()\[\]【】「」<>《》*※■□●○◎◇◆▽△\-&=]+|[はのもがをに]|まで|です|ます|ただし|但し|完全|予約制|要予約"
                r"|毎週|年中|年末年始|お盆|夏季|昼休み?|時間)"
            ),
        ),
    ),
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"(?P<half>午[前後]|AM|PM|翌日?|朝|夜|深夜)?\s*(?P<h>\d{1,2})(?::(?P<m>\d{2})(?::\d{2})?|時(?:(?P<min>\d{1,2})分|(?P<semi>半))?)?",
    re.IGNORECASE,
)
_IN_CASE = re.compile(r"\([^()]*場合[^()]*\)")
_DASHES = re.compile(
    r"\s*[~〜∼‐‑‒–—―−－]\s*|(?<=[\d時分半月火水木金土日曜])\s*(?:ー|\-|から)\s*(?=[\d午翌正月火水木金土日祝AP])"
)


def tokens_of(text: str) -> tuple[list[Token], bool]:
    """
    Return the tokens of a text, and whether something in it was not understood.

    Times of 受付 are left out where the text tells others too.
    """
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    without = _IN_CASE.sub(" ", plain)
    partly = without != plain
    tokens: list[Token] = []
    at = 0
    while at < len(without):
        found = _PATTERN.match(without, at)
        if found is None:
            partly = True
            at += 1
            continue
        token = _token(str(found.lastgroup), found.group())
        partly |= token is None and found.lastgroup in {"range", "bare"}
        if token is not None:
            tokens.append(token)
        at = found.end()
    return _without_reception(tokens), partly


def _token(name: str, text: str) -> Token | None:
    if name in {"range", "bare"}:
        return _time(text)
    if name == "allday":
        return Token(TokenKind.TIME, 0, 0, _DAY_S)
    if name in {"days", "nth"}:
        body = re.sub(f"^(?:{_NTH_WORD})", "", text) if name == "nth" else text
        return Token(TokenKind.NTH if name == "nth" else TokenKind.DAYS, _mask(body))
    if name == "half":
        return Token(TokenKind.HALF, start=int(text.upper() in {"午後", "PM"}))
    simple = {
        "closed": TokenKind.CLOSED,
        "only": TokenKind.ONLY,
        "reception": TokenKind.RECEPTION,
        "label": TokenKind.LABEL,
    }
    return Token(simple[name]) if name in simple else None


def _mask(text: str) -> int:
    """Return the days of a list such as 月～水・金, 平日, 土日祝."""
    plain = text.replace("祭", "祝") if "祝祭" not in text else text.replace("祭", "")
    for word, mask in (
        ("平日", WEEKDAYS),
        ("毎日", EVERY_DAY),
        ("全日", EVERY_DAY),
        ("全曜日", EVERY_DAY),
        ("無休", EVERY_DAY),
    ):
        if word in plain:
            return mask | _mask(plain.replace(word, ""))
    plain = re.sub(r"曜日?|(?<=[月火水木金土祝])日(?=[^月火水木金土祝]|$)(?<!土日)", "", plain)
    mask = 0
    for found in re.finditer(r"([月火水木金土日祝])(?:\s*-\s*([月火水木金土日祝]))?", plain):
        first = DAYS.index(found[1])
        last = DAYS.index(found[2]) if found[2] else first
        mask |= sum(1 << day for day in range(min(first, last), max(first, last) + 1))
    return mask


def _time(text: str) -> Token | None:
    """Return a time from a range; None where it makes no sense."""
    first, second = text.removesuffix("まで").replace("正午", "12:00").split("-", 1)
    start, half = _clock(first)
    end, other = _clock(second)
    bare = ":" not in text and "時" not in first and not half
    if start < 0 or end < 0 or (bare and start < _EARLIEST_BARE * _HOUR_S):
        return None
    if other.startswith("翌") or (end == 0 and start):
        end += _DAY_S
    elif end <= start and not other and half and end + NOON_S > start:
        end += NOON_S
    if not start < end <= _HOURS * _HOUR_S or start >= _DAY_S:
        return None
    return Token(TokenKind.TIME, 0, start, end)


def _clock(text: str) -> tuple[int, str]:
    """Return seconds after midnight (−1 = no time) and the word before it, such as 午後."""
    found = _PARTS.fullmatch(text.strip())
    if found is None:
        return -1, ""
    half = (found["half"] or "").upper()
    hours = int(found["h"])
    minutes = 30 if found["semi"] else int(found["m"] or found["min"] or 0)
    if minutes >= _MINUTES or hours > _HOURS:
        return -1, half
    if half in {"午後", "PM", "夜"} and hours < _HALF_H:
        hours += _HALF_H
    return hours * _HOUR_S + minutes * _MINUTE_S, half


def _without_reception(tokens: list[Token]) -> list[Token]:
    """Leave out times that follow 受付, where others remain."""
    kept, reception = [], False
    for token in tokens:
        if token.kind is TokenKind.RECEPTION:
            reception = True
        elif token.kind in {TokenKind.LABEL, TokenKind.DAYS}:
            reception = False
        if not (reception and token.kind is TokenKind.TIME):
            kept.append(token)
    chosen = kept if any(t.kind is TokenKind.TIME for t in kept) else tokens
    return [t for t in chosen if t.kind not in {TokenKind.RECEPTION, TokenKind.LABEL}]
