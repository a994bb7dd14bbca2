"""What a missing column is taken for a misspelling of."""

import pytest

from geodata.errors import DataError
from geodata.readers.gtfs_tables import STANDARD
from geodata.readers.tables import parse_table

STOPS = ("stop_id", "stop_lat", "stop_lon")


def hint_of(header, required, recognised=()):
    with pytest.raises(DataError) as refused:
        parse_table(f"{header}\n1,2\n", "stops.txt", required, recognised)
    return refused.value.problems[0].hint.ja


@pytest.mark.parametrize(
    ("header", "recognised"),
    [("stop_id,stop_lat", ()), ("stop_id,stop_lat,stop_name,stop_code,stop_desc", STANDARD)],
)
def test_a_column_with_a_meaning_of_its_own_is_no_misspelling(header, recognised):
    assert hint_of(header, STOPS, recognised) == "1 行目に stop_lon の列を加えてください"


@pytest.mark.parametrize("recognised", [(), STANDARD])
def test_a_near_name_without_meaning_is_suggested(recognised):
    assert "'stop_long'" in hint_of("stop_id,stop_lat,stop_long", STOPS, recognised)
