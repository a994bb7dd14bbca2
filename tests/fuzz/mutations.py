"""Damage of bytes as files suffer it: cut, doubled, flipped, foreign text in place of a field."""

from __future__ import annotations

from hypothesis import strategies as st

ODD = (
    b"",
    b"\x00",
    b"NaN",
    b"inf",
    b"-1",
    b"1e309",
    b"0x10",
    b"99999999999999999999",
    b"*",
    b"X",
    b"-",
    b"...",
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\t",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x81",
    b"\x1a",
    "１２３".encode(),
    "市".encode("cp932"),
    "市".encode(),
    b"A" * 5000,
    b"," * 3000,
    b"../../x",
    b"=1+1",
    b"24:99:99",
    b"20251332",
    b"180.1",
    b"{",
    b"[" * 2000,
    b"null",
)
"""What stands where something else should."""

_places = st.floats(0, 1, allow_nan=False)
mutation = st.tuples(
    st.sampled_from(["cut", "drop", "double", "flip", "insert", "field", "line"]),
    _places,
    st.integers(1, 64),
    st.sampled_from(ODD),
)
"""One damage: kind, place as a share of the length, size, foreign bytes."""
mutations = st.lists(mutation, min_size=1, max_size=6)


def damaged(raw: bytes, steps: list[tuple[str, float, int, bytes]]) -> bytes:
    """Return bytes after a list of damages."""
    for kind, place, size, odd in steps:
        raw = _step(raw, kind, int(place * len(raw)), size, odd)
    return raw


def _step(raw: bytes, kind: str, at: int, size: int, odd: bytes) -> bytes:
    if kind == "cut":
        return raw[:at]
    if kind == "drop":
        return raw[:at] + raw[at + size :]
    if kind == "double":
        return raw[:at] + raw[at : at + size] * 2 + raw[at + size :]
    if kind == "flip":
        return raw[:at] + bytes(b ^ (size & 0xFF) for b in raw[at : at + 1]) + raw[at + 1 :]
    if kind == "insert":
        return raw[:at] + odd + raw[at:]
    stop = b"\n" if kind == "line" else b","
    start = raw.rfind(stop, 0, at) + 1
    end = raw.find(stop, at)
    end = len(raw) if end < 0 else end
    return raw[:start] + odd + raw[end:]
