"""Owns winners and losers as tables by cell, district and age, and in sentences; public views hide small groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.errors import Text, UsageError, error
from scenarios.winner_kinds import (
    ANY,
    BETTER,
    BYS,
    DESTINATIONS,
    HIDDEN_BELOW,
    MIXED,
    SAME,
    UNKNOWN,
    WORSE,
    By,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.units import FloatArray, IntArray
    from scenarios.winners import Part, Winners

COUNTS = {"better": BETTER, "worse": WORSE, "mixed": MIXED, "same": SAME, "unknown": UNKNOWN}
"""Column of a table → verdict whose people it counts."""
NUMBERS = (
    "persons",
    *COUNTS,
    "better_share",
    "worse_share",
    "newly_reached",
    "no_longer_reached",
    "newly_within",
    "no_longer_within",
    "gained_min",
)
KEYS: dict[By, tuple[str, ...]] = {
    "all": (),
    "age": ("age",),
    "district": ("district_id", "district"),
    "cell": ("cell_id", "lon", "lat", "district_id"),
}
WORDS: dict[int, Text] = {
    BETTER: Text("便利になる", "better"),
    WORSE: Text("不便になる", "worse"),
    MIXED: Text("両方ある", "both"),
    SAME: Text("変わらない", "same"),
    UNKNOWN: Text("不明", "unknown"),
}
NAMED = 3
_NO_LIMIT = {"newly_within": np.nan, "no_longer_within": np.nan}


def check_by(by: str) -> By:
    """Return how to divide the people, or refuse what is not known."""
    for known in BYS:
        if by == known:
            return known
    message = Text(f"{by} ごとには分けられません", f"cannot divide by {by}")
    raise UsageError(error("winners.by", "--by", message, Text(f"使える値: {'、'.join(BYS)}", f"use {', '.join(BYS)}")))


def winner_table(found: Winners, by: By = "all", *, public: bool = False) -> pd.DataFrame:
    """
    Return how many people are better and worse off, one row per destination and group.

    Parameters
    ----------
    found
        Winners and losers.
    by
        Whole city, age, district or cell; cells without people are left out.
    public
        Hide the numbers of groups of fewer than 10 people.

    Returns
    -------
    table
        destination, the columns of `KEYS`, `NUMBERS` [persons, shares 0–1], hidden. `gained_min`: mean minutes gained
        of those who had a time before and have one now (< 0 = lost), NaN for `any`. better + worse + mixed + same +
        unknown = persons.
    """
    frames = [_rows(found, destination, by) for destination in found.destinations]
    table = pd.concat(frames, ignore_index=True)
    hidden = (table["persons"] < HIDDEN_BELOW).to_numpy() & public
    table.loc[hidden, list(NUMBERS)] = np.nan
    return table.assign(hidden=hidden)[["destination", *KEYS[by], *NUMBERS, "hidden"]]


def _rows(found: Winners, destination: str, by: By) -> pd.DataFrame:
    keys, group = _groups(found, by)
    sums = [_sums(part, destination, group, len(keys)) for part in found.parts]
    if by == "age":
        keys = pd.DataFrame({"age": [part.age.age_id for part in found.parts]})
        total = pd.concat(sums, ignore_index=True)
    else:
        total = sum(sums[1:], start=sums[0])
    table = pd.concat([keys, _derived(total, destination)], axis=1).assign(destination=destination)
    return table[table["persons"] > 0] if by == "cell" else table


def _groups(found: Winners, by: By) -> tuple[pd.DataFrame, IntArray]:
    """Return the keys of the groups, and cell → group."""
    n_cells = len(found.places)
    if by == "cell":
        return found.places, np.arange(n_cells, dtype=np.int32)
    if by == "district":
        names, group = np.unique(found.places["district_id"].to_numpy(dtype=np.str_), return_inverse=True)
        keys = {"district_id": names, "district": [found.name_of(name).ja for name in names.tolist()]}
        return pd.DataFrame(keys), group.astype(np.int32)
    return pd.DataFrame(index=range(1)), np.zeros(n_cells, dtype=np.int32)


def _sums(part: Part, destination: str, group: IntArray, n_groups: int) -> pd.DataFrame:
    """Return group → people by what the change is to them, of one age group."""
    persons, verdict = part.persons, part.verdict[destination]

    def people(chosen: FloatArray) -> FloatArray:
        return np.bincount(group, weights=persons * chosen, minlength=n_groups).astype(np.float64)

    columns = {"persons": people(np.ones(len(persons)))}
    columns |= {name: people((verdict == code).astype(np.float64)) for name, code in COUNTS.items()}
    if destination != ANY:
        gained = part.change_min[destination]
        timed = np.isfinite(gained)
        columns |= {
            "newly_reached": people(np.isposinf(gained).astype(np.float64)),
            "no_longer_reached": people(np.isneginf(gained).astype(np.float64)),
            "newly_within": people(part.kept[destination].astype(np.float64)),
            "no_longer_within": people(part.broken[destination].astype(np.float64)),
            "timed": people(timed.astype(np.float64)),
            "person_min": people(np.where(timed, gained, 0.0)),
        }
    return pd.DataFrame(columns)


def _derived(total: pd.DataFrame, destination: str) -> pd.DataFrame:
    """Return the sums with shares and means; what has no meaning for `any`, or for a place without limit, is NaN."""
    persons = total["persons"].where(total["persons"] > 0)
    told = total.assign(better_share=total["better"] / persons, worse_share=total["worse"] / persons)
    if destination == ANY:
        return told.assign(newly_reached=np.nan, no_longer_reached=np.nan, **_NO_LIMIT, gained_min=np.nan)
    timed = total["timed"].where(total["timed"] > 0)
    told = told.assign(gained_min=total["person_min"] / timed).drop(columns=["timed", "person_min"])
    return told if DESTINATIONS[destination].limit else told.assign(**_NO_LIMIT)


def cell_map(found: Winners, destination: str = ANY, *, public: bool = False) -> pd.DataFrame:
    """
    Return what a map draws: one row per cell with people.

    Returns
    -------
    cells
        cell_id, lon, lat, district_id, persons, better, worse (people), gained_min (mean minutes; NaN for `any`),
        verdict_ja, verdict_en: 便利になる … by what befalls most people of the cell. Public: cells of fewer than 10
        people hold NaN and no words.
    """
    table = winner_table(found, "cell", public=public)
    table = table[table["destination"] == destination].reset_index(drop=True)
    counts = table[list(COUNTS)].fillna(0.0).to_numpy()
    words = [WORDS[code] for code in COUNTS.values()]
    most = [Text("", "") if hide else words[n] for n, hide in zip(counts.argmax(axis=1), table["hidden"], strict=True)]
    kept = table[[*KEYS["cell"], "persons", "better", "worse", "gained_min"]]
    return kept.assign(verdict_ja=[text.ja for text in most], verdict_en=[text.en for text in most])


# ---------------------------------------------------------------- sentences


def winner_sentences(found: Winners, *, public: bool = False) -> tuple[Text, ...]:
    """Return what a council reads first: how many gain and lose, to which destination, of which age, where."""
    return tuple(_sentences(found, public=public))


def _sentences(found: Winners, *, public: bool) -> Iterator[Text]:
    whole = {row["destination"]: row for row in winner_table(found).to_dict("records")}
    yield _total_sentence(whole[ANY], f"{found.least_min:g}")
    for name in found.destinations:
        if name != ANY and (whole[name]["better"] or whole[name]["worse"]):
            yield _destination_sentence(DESTINATIONS[name].label, whole[name])
    if any(whole[name]["newly_within"] or whole[name]["no_longer_within"] for name in found.destinations):
        yield Text(
            f"「時間内」の増減には、{found.least_min:g}分未満の差で制限時間をまたぐ人も入ります。",
            f"Those newly or no longer in time include people whose time crosses the limit by less than "
            f"{found.least_min:g} min.",
        )
    for row in _shown(winner_table(found, "age", public=public)):
        if row["age"] == "75plus":
            yield _oldest_sentence(row)
    districts = [row for row in _shown(winner_table(found, "district", public=public)) if row["district_id"]]
    for column, word in (("better", WORDS[BETTER]), ("worse", WORDS[WORSE])):
        yield from _district_sentence(found, districts, column, word)


def _shown(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return the rows on any destination that are not hidden and hold people."""
    rows = table.to_dict("records")
    return [row for row in rows if row["destination"] == ANY and not row["hidden"] and row["persons"] > 0]


def _total_sentence(total: dict[Any, Any], least: str) -> Text:
    better, worse, mixed, persons = (_people(total[name]) for name in ("better", "worse", "mixed", "persons"))
    gain, loss = _share(total["better_share"]), _share(total["worse_share"])
    counted = Text("", "")
    if total["mixed"]:
        counted = Text(
            "。行き先ごとの人数には、両方がある人も入ります", "; the counts by destination include those with both"
        )
    return Text(
        f"{least}分以上、便利になるだけの人は {better} 人（{gain}）、不便になるだけの人は {worse} 人（{loss}）、"
        f"便利になる行き先と不便になる行き先の両方がある人は {mixed} 人です（同じ {persons} 人で比べて{counted.ja}）。",
        f"{better} people ({gain}) are only better off by {least} min or more, {worse} ({loss}) only worse off, and "
        f"{mixed} both: better off to some destinations, worse to others (of the same {persons} people{counted.en}).",
    )


def _destination_sentence(label: Text, row: dict[Any, Any]) -> Text:
    ja = f"{label.ja}: 便利 {_people(row['better'])} 人、不便 {_people(row['worse'])} 人"
    en = f"{label.en}: {_people(row['better'])} better, {_people(row['worse'])} worse"
    for column, words in (
        ("newly_within", Text("新たに時間内", "newly in time")),
        ("no_longer_within", Text("時間内でなくなる", "no longer in time")),
    ):
        if row[column] > 0:
            ja, en = f"{ja}、{words.ja} {_people(row[column])} 人", f"{en}, {_people(row[column])} {words.en}"
    return Text(f"{ja}。", f"{en}.")


def _oldest_sentence(row: dict[Any, Any]) -> Text:
    persons, better, worse, mixed = (_people(row[name]) for name in ("persons", "better", "worse", "mixed"))
    gain, loss = _share(row["better_share"]), _share(row["worse_share"])
    return Text(
        f"75歳以上 {persons} 人では、便利になるだけの人 {better} 人（{gain}）、"
        f"不便になるだけの人 {worse} 人（{loss}）、両方がある人 {mixed} 人です。",
        f"Of {persons} people of 75 and older {better} ({gain}) are only better off, {worse} ({loss}) only worse off, "
        f"{mixed} both.",
    )


def _district_sentence(found: Winners, districts: list[dict[Any, Any]], column: str, word: Text) -> Iterator[Text]:
    """Say where most of them live."""
    held = sorted((row for row in districts if row[column] > 0), key=lambda row: -row[column])[:NAMED]
    if held:
        named = [(found.name_of(row["district_id"]), _people(row[column])) for row in held]
        ja = "、".join(f"{name.ja}（{number} 人）" for name, number in named)
        en = ", ".join(f"{name.en} ({number})" for name, number in named)
        yield Text(f"{word.ja}人の多い地区: {ja}。", f"Districts with most people {word.en} off: {en}.")


def _people(number: float) -> str:
    return f"{number:,.0f}"


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"
