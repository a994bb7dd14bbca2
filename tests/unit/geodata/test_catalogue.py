"""The list of readers holds every reader there is, each once, each with the layout it follows."""

from __future__ import annotations

import re
from pathlib import Path

from geodata.readers.catalogue import READERS, reader_table

FOLDER = Path(__file__).resolve().parents[3] / "geodata" / "readers"


def test_every_reader_is_listed_once():
    ids = [r.reader_id for r in READERS]
    assert len(ids) == len(set(ids))
    texts = [p.read_text("utf-8") for p in FOLDER.glob("*.py")]
    named = {name for text in texts for name in re.findall(r'ReaderInfo\(\s*(?:reader_id=)?"([\w-]+)"', text)}
    assert named <= set(ids)
    assert len(named) > 15


def test_each_says_what_it_reads_and_by_which_layout():
    for reader in READERS:
        assert reader.title.ja
        assert reader.title.en
        assert len(reader.layout) > 5, reader.reader_id


def test_the_table_says_what_was_not_tried():
    table = reader_table()
    assert table.count("原ファイル未検証") == sum(r.verified is False for r in READERS)
    assert table.count("\n") == len(READERS) + 1
