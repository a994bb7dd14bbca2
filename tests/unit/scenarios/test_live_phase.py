"""Which live changes may be of the phase of headways alone."""

import pytest

from geodata.synthetic.text_feed import timetable_from_text
from scenarios.live_phase import told_by_phase
from scenarios.reactions import Reaction, Touch

FEED = """
stop A 0 0
stop B 900 0
route R bus
trip R id=T headway=600@08:00-10:00{exact} A 08:00 B 08:05
"""
OF_LINES, OF_CLINICS = Touch("x", "timetable"), Touch("y", "facilities", ("clinic",))
HEADWAY, EXACT = (FEED.format(exact=word) for word in ("", " exact"))


def told(*touches, feeds=(HEADWAY, HEADWAY), kpi_id="clinic_nearest_min"):
    return told_by_phase([Reaction(kpi_id, bool(touches), touches)], [timetable_from_text(feed) for feed in feeds])


def test_times_on_headway_lines_may_be_of_the_phase():
    assert told(OF_LINES) == {"clinic_nearest_min"}
    assert told(OF_LINES, feeds=(EXACT, HEADWAY)) == {"clinic_nearest_min"}  # the other side is enough


@pytest.mark.parametrize(
    "said",
    [
        lambda: told(OF_LINES, OF_CLINICS),  # something else changed too
        told,  # nothing changed that it looks at
        lambda: told(OF_LINES, feeds=(EXACT, EXACT)),  # every departure is known
        lambda: told(OF_LINES, kpi_id="transit_coverage_share"),  # asks for no journey
    ],
)
def test_what_else_moves_a_number_is_no_phase(said):
    assert said() == frozenset()
