"""Owns how names of districts written by different hands are matched: one way of writing, then hints, never a guess."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from geodata.errors import Problem, Severity, Text, error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_DIGITS = "〇一二三四五六七八九"
_CHOME = re.compile(r"([一二三四五六七八九]?十?[一二三四五六七八九]?)丁目")
_KIND = re.compile(
    r"(小学校区|中学校区|小学校|中学校|義務教育学校|通学区域|通学区|小学区|中学区|学区|校区|地区|地域|行政区|区域|コミュニティ|支所管内|管内)$"
)
_SCHOOL = re.compile(r"(小学校区|中学校区|小学校|中学校|義務教育学校|通学区域|通学区|小学区|中学区|学区|校区)$")
_OWNER = re.compile(r"^.+?[市町村区県]立(?=.)")
_SHOWN = 5


class NameMatches(NamedTuple):
    """
    Name wanted → index of the name known.

    `hinted`: those matched by their stems; `crossed`: those among them that are areas of schools in one list and bare
    names, as towns have them, in the other.
    """

    found: dict[str, int]
    hinted: dict[str, str]
    problems: tuple[Problem, ...]
    crossed: dict[str, str]


def plain_name(text: str) -> str:
    """Return a name in one way of writing: width, spaces, ヶ, hyphens and the number of the 丁目."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[\s\u3000]+", "", plain).replace("ケ", "ヶ").replace("ヵ", "ヶ")
    plain = re.sub(r"[‐‑–—―−ー-](?=\d|$)", "-", plain)
    return _CHOME.sub(lambda m: f"{_number(m.group(1))}丁目" if m.group(1) else m.group(0), plain)


def stem_of(text: str) -> str:
    """Return a name without what it is: 諏訪小学校区, 諏訪学区 and 諏訪小学校 share the stem 諏訪."""
    plain = plain_name(text)
    stem = _KIND.sub("", _OWNER.sub("", plain))
    if stem == plain and len(plain) > 2:  # noqa: PLR2004 -- 諏訪小, but not 大小
        stem = re.sub(r"(?<=..)[小中]$", "", plain)
    return stem or plain


def match_names(
    wanted: Sequence[str],
    known: Sequence[str],
    *,
    renamed: Mapping[str, str] | None = None,
    where: str,
    code: str,
    persons: Mapping[str, float] | None = None,
) -> NameMatches:
    """
    Match names of a table with the names of the city.

    Same name first, then the same in one way of writing, then the same stem where only one name on either side has it.

    Parameters
    ----------
    wanted
        Names of the table.
    known
        Names of the city's districts, in order.
    renamed
        Name in the table → name in the city, as a person wrote it.
    where, code
        What messages call the table; prefix of their codes.
    persons
        Name in the table → persons, told where areas of schools are matched with bare names.

    Returns
    -------
    matches
        Names that were found; errors naming those that were not, each with the nearest names.
    """
    exact = {name: n for n, name in enumerate(known)}
    plain, stems = _by(plain_name, known), _by(stem_of, known)
    asked = _by(stem_of, wanted)
    found: dict[str, int] = {}
    hinted: dict[str, str] = {}
    problems: list[Problem] = []
    for name in dict.fromkeys(wanted):
        target = (renamed or {}).get(name, (renamed or {}).get(plain_name(name), name))
        places = [exact[target]] if target in exact else plain.get(plain_name(target), [])
        if not places:
            places = stems.get(stem_of(target), [])
            rivals = len(set(map(plain_name, (wanted[i] for i in asked.get(stem_of(target), [])))))
            if len(places) == 1 and rivals <= 1:
                hinted[name] = known[places[0]]
        if len(places) == 1 and (
            name in hinted or places[0] in {exact.get(target), *plain.get(plain_name(target), [])}
        ):
            found[name] = places[0]
            continue
        problems.append(_unmatched(name, [known[i] for i in places] or close_names(target, known), where, code))
    crossed = {a: b for a, b in hinted.items() if _is_crossed(a, b)}
    alike = {a: b for a, b in hinted.items() if a not in crossed}
    if alike:
        problems.append(_hinted(alike, where, code))
    if crossed:
        problems.append(_crossed(crossed, where, code, sum((persons or {}).get(a, 0.0) for a in crossed)))
    return NameMatches(found, hinted, tuple(problems), crossed)


def close_names(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Return the known names most like `name`, nearest first."""
    import difflib  # noqa: PLC0415 -- only where something is wrong

    by_plain = {plain_name(k): k for k in known}
    inside = [k for p, k in by_plain.items() if stem_of(name) and (stem_of(name) in p or p in plain_name(name))]
    close = [by_plain[p] for p in difflib.get_close_matches(plain_name(name), list(by_plain), n=most, cutoff=0.4)]
    return list(dict.fromkeys([*inside, *close]))[:most]


def _by(key: object, names: Sequence[str]) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = defaultdict(list)
    for n, name in enumerate(names):
        grouped[key(name)].append(n)  # type: ignore[operator]
    return grouped


def _number(kanji: str) -> int:
    tens, ten, ones = kanji.rpartition("十")
    value = _DIGITS.index(ones) if ones else 0
    return value + ((_DIGITS.index(tens) if tens else 1) * 10 if ten else 0)


def _unmatched(name: str, near: Sequence[str], where: str, code: str) -> Problem:
    like = "、".join(near)
    return error(
        f"{code}.unknown_district",
        where,
        Text(
            f"地区 {name!r} は都市データにありません（近い名前: {like or 'なし'}）",
            f"the city has no district {name!r} (nearest: {', '.join(near) or 'none'})",
        ),
        Text(
            f"設定の names: に「{name}: {near[0] if near else '都市データの地区名'}」のように対応を書いてください",
            f"write the pair in names:, such as {name}: {near[0] if near else 'name of the district in the city'}",
        ),
    )


def _is_crossed(one: str, other: str) -> bool:
    """Return whether one name is the area of a school and the other bare, as 朝日丘小学校区 and the town 朝日丘."""
    plain = [plain_name(one), plain_name(other)]
    school = [bool(_SCHOOL.search(p)) for p in plain]
    bare = [stem_of(p) == p for p in plain]
    return (school[0] and bare[1]) or (school[1] and bare[0])


def _crossed(crossed: dict[str, str], where: str, code: str, persons: float) -> Problem:
    pairs = "、".join(f"{a}→{b}" for a, b in list(crossed.items())[:_SHOWN])
    counted = (f"（{persons:,.0f} 人）", f" ({persons:,.0f} persons)") if persons else ("", "")
    return Problem(
        Severity.WARNING,
        f"{code}.matched_across_kinds",
        where,
        Text(
            f"学校の区域と、種類の書かれていない地区を同じ地区とみなしました{counted[0]}: {pairs}",
            f"areas of schools were taken for areas of a bare name{counted[1]}: {pairs}",
        ),
        Text(
            "町丁目は学校区とは違います。districts: に学校区のポリゴン（国土数値情報 A27 など）を書いてください",
            "towns are not the areas of schools: give those (such as 国土数値情報 A27) in districts:",
        ),
        len(crossed),
    )


def _hinted(hinted: dict[str, str], where: str, code: str) -> Problem:
    pairs = "、".join(f"{a}→{b}" for a, b in list(hinted.items())[:_SHOWN])
    return Problem(
        Severity.INFO,
        f"{code}.matched_by_stem",
        where,
        Text(f"表記の違う地区名を同じ地区とみなしました: {pairs}", f"names written differently were matched: {pairs}"),
        Text("違うときは names: に対応を書いてください", "write the pairs in names: where that is wrong"),
        len(hinted),
    )
