"""A title that means to be markup, a formula, a command or no text at all, in every file that is handed out."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace

import pytest
from icalendar import Calendar
from lxml import etree

from app.report.catalogue import KINDS
from app.report.order import Order
from geodata.errors import Text

MARKUP = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)><!--"
CONTROLS = "a\x00b\x01c\x0bd\x1b[31me\x7f\ufffe"
TITLES = (MARKUP, CONTROLS, "=cmd|'/C calc'!A0")
FORMATS = [(kind, form) for kind in KINDS for form in kind.formats if form not in {"pdf", "png", "gpkg", "geoparquet"}]


@pytest.fixture(params=TITLES, ids=["markup", "controls", "formula"])
def titled(request, page_services):
    run = page_services.list_runs()["new-clinic"]
    return replace(run, title=Text(request.param, request.param))


def texts_of(path):
    """Yield the parts of a file that hold text: members of a zip, or all of it."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as file:
            for name in file.namelist():
                if name.endswith((".xml", ".rels")):
                    yield name, file.read(name)
    else:
        yield path.name, path.read_bytes()


@pytest.mark.parametrize(("kind", "form"), FORMATS, ids=lambda one: getattr(one, "key", one))
def test_a_title_is_a_text_in_every_file(page_services, titled, kind, form, tmp_path):
    for path in kind.build(Order(page_services, (titled,), form, tmp_path)):
        for name, raw in texts_of(path):
            if name.endswith((".xml", ".rels")):
                tree = etree.fromstring(raw)  # refuses what is no text in XML
                assert not tree.xpath("//*[local-name()='script' or local-name()='f' and contains(., 'cmd|')]"), name
            elif name.endswith(".html"):
                assert b"<script>alert" not in raw
                assert b"<img src=x" not in raw
            elif name.endswith(".csv"):
                assert not re.search(rb'(^|,|\n)"?=cmd', raw)


def test_a_name_begins_no_line_of_a_calendar():
    from icalendar import Event

    event = Event()
    event.add("summary", "市役所\r\nATTACH:http://evil.example\nBEGIN:VALARM")
    calendar = Calendar()
    calendar.add_component(event)
    lines = calendar.to_ical().decode().split("\r\n")
    assert not [line for line in lines if line.startswith(("ATTACH", "BEGIN:VALARM"))]
