"""Stops whose latitude and longitude are exchanged are told in full, stations included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from geodata.errors import DataError
from geodata.readers.gtfs import read_gtfs
from tests.unit.geodata.feed_texts import feed_tables, flat, write_feed

if TYPE_CHECKING:
    from pathlib import Path


def test_stations_are_among_the_swapped_rows(tmp_path: Path) -> None:
    header, *rows = feed_tables()["stops"].strip().splitlines()
    names = header.split(",")
    lat, lon = names.index("stop_lat"), names.index("stop_lon")
    names[lat], names[lon] = names[lon], names[lat]
    extra = [""] * len(names)
    extra[names.index("stop_id")], extra[names.index("stop_name")] = "station", "x"
    extra[names.index("stop_lat")], extra[names.index("stop_lon")] = "140.6", "36.5"
    kinds = ["1", *["0"] * len(rows)]
    lines = [",".join([*names, "location_type"]) if "location_type" not in names else ",".join(names)]
    if "location_type" in names:
        extra[names.index("location_type")] = "1"
        lines += [",".join(extra), *rows]
    else:
        lines += [f"{row},{kind}" for row, kind in zip([",".join(extra), *rows], kinds, strict=True)]
    path = write_feed(tmp_path / "feed.zip", stops="\n".join(lines) + "\n")
    with pytest.raises(DataError) as caught:
        read_gtfs([path], project=flat)
    found = [p for p in caught.value.problems if p.code == "gtfs.stop_swapped"]
    assert found[0].where.endswith("row 2")
    assert len(found) == len(rows) + 1
