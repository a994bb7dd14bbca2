"""Owns fares by zone and route: ``fare_attributes.txt`` × ``fare_rules.txt`` of all feeds, in one currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.errors import DataError, Text, warning
from geodata.readers.gtfs_tables import Feed, Finding, row_errors
from geodata.readers.tables import listed, numbers_of
from geodata.timetable import Fares
from geodata.trip_columns import text_array

if TYPE_CHECKING:
    from collections.abc import Sequence


def join_fares(feeds: Sequence[Feed], row_of: dict[str, int]) -> Fares:
    """Return the fares of all feeds in their most frequent currency, and count the rows that stand in them."""
    parts = [fare_columns(f) for f in feeds]
    currencies = pd.concat([p["currency"] for p in parts], ignore_index=True).value_counts()
    currency = str(currencies.index[0]) if len(currencies) else "JPY"
    if len(currencies) > 1:
        feeds[0].problems.append(
            warning(
                "gtfs.currencies",
                feeds[0].where("fare_attributes"),
                Text(
                    f"通貨が混ざっています: {listed(currencies.index)}",
                    f"several currencies: {listed(currencies.index)}",
                ),
                Text(f"{currency} の運賃だけを使います", f"only fares in {currency} are used"),
            ),
        )
    kept = [p[p["currency"] == currency] for p in parts]
    for feed, part, own in zip(feeds, parts, kept, strict=True):
        _count(feed, part, own)
    if len(feeds) > 1:
        kept = [_with_own_routes(p, f) for p, f in zip(kept, feeds, strict=True)]
    frame = pd.concat(kept, ignore_index=True)
    return Fares(
        price_yen=frame["price"].to_numpy(dtype=np.float64),
        route=np.array([row_of.get(str(i), -1) for i in frame["route_id"]], dtype=np.int32),
        origin_zone=text_array(frame["origin"].tolist()),
        destination_zone=text_array(frame["destination"].tolist()),
        currency=currency,
    )


def fare_columns(feed: Feed) -> pd.DataFrame:
    """Return one row per fare rule (fare_id, price, currency, route_id, origin, destination, ruled); "" = any."""
    fares, rules = feed.table("fare_attributes"), feed.table("fare_rules")
    price = numbers_of(fares, "price")
    if np.isnan(price).any() or (price < 0).any():
        finding = Finding(
            "gtfs.fare_price",
            "price",
            lambda v: Text(f"運賃 {v!r} は 0 以上の数値ではありません", f"price {v!r} is no number from 0"),
            Text("160 のように書いてください", "write it like 160"),
        )
        raise DataError([*feed.problems, *row_errors(feed, "fare_attributes", ~(price >= 0), finding)])
    table = pd.DataFrame({"fare_id": fares["fare_id"], "price": price, "currency": fares["currency_type"]})
    columns = {"route_id": "route_id", "origin": "origin_id", "destination": "destination_id"}
    where = pd.DataFrame({"fare_id": rules["fare_id"], **{n: feed.column("fare_rules", c) for n, c in columns.items()}})
    contains = (feed.column("fare_rules", "contains_id") != "").to_numpy()
    passed = Text("経由ゾーンによる運賃は使いません", "fares by zones passed through are not used")
    feed.note_ignored("fare_rules", "gtfs.fare_ignored", contains, passed)
    joined = table.merge(where[~contains].assign(ruled=True), on="fare_id", how="left" if rules.empty else "inner")
    free = table[~table["fare_id"].isin(rules["fare_id"])] if len(rules) else table.iloc[:0]
    found = pd.concat([joined, free], ignore_index=True)
    found["ruled"] = found["ruled"].eq(other=True)
    return found.fillna({"route_id": "", "origin": "", "destination": ""})


def _count(feed: Feed, part: pd.DataFrame, kept: pd.DataFrame) -> None:
    """Count the fares and rules that stand, and those left out for their currency or for having only unused rules."""
    if "fare_attributes" not in feed.tables:
        return
    fares = feed.table("fare_attributes")["fare_id"]
    used, joined = fares.isin(kept["fare_id"]), fares.isin(part["fare_id"])
    feed.used["fare_attributes"] = int(used.sum())
    feed.note_left_out("fare_attributes", "gtfs.currencies", int((joined & ~used).sum()))
    feed.note_left_out("fare_attributes", "gtfs.fare_ignored", int((~joined).sum()))
    if "fare_rules" in feed.tables:
        feed.used["fare_rules"] = int(kept["ruled"].sum())
        feed.note_left_out("fare_rules", "gtfs.currencies", int(part["ruled"].sum() - kept["ruled"].sum()))


def _with_own_routes(fares: pd.DataFrame, feed: Feed) -> pd.DataFrame:
    """Return fares for any route as fares for each route of the feed, so that they stay with their operator."""
    free = fares["route_id"] == ""
    own = feed.table("routes")[["route_id"]]
    each = fares[free].drop(columns="route_id").merge(own, how="cross")
    return pd.concat([fares[~free], each], ignore_index=True)[list(fares.columns)]
