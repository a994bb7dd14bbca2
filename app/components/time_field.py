"""Owns the field for a time of day: plain text in 24 hours, whatever clock the browser keeps."""

from __future__ import annotations

import re
import unicodedata

import dash_mantine_components as dmc

PATTERN = r"([01]?[0-9]|2[0-3]):?[0-5][0-9]"


def time_field(
    component: str, name: str, label: str, value: str, title: str, *, required: bool = True
) -> dmc.TextInput:
    """
    Return a field for a time of day.

    A field of type ``time`` follows the browser: with an English one it asks for AM and PM beside a page that writes
    13:00, so this one takes text.

    Parameters
    ----------
    component, name
        Id and name in the form.
    label, title
        What is asked, and how it is written.
    value
        HH:MM; empty = none.
    required
        Whether a time must be given. It is told when the field is left or Enter pressed, not at every sign.
    """
    wanted = {"pattern": PATTERN, "title": title, "inputMode": "numeric", "maxLength": 5, "autoComplete": "off"}
    return dmc.TextInput(
        id=component,
        name=name,
        label=label,
        value=value,
        size="sm",
        required=required,
        debounce=True,
        attributes={"input": wanted},
    )


def read_time(text: str) -> str | None:
    """Return a time of day as HH:MM from 8:00, 0800 or 800, wide characters too; None where it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(PATTERN, plain) is None:
        return None
    hours, minutes = plain.replace(":", "")[:-2], plain[-2:]
    return f"{int(hours):02d}:{minutes}"
