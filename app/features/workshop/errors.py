"""Owns why a workshop refuses something: a code that phones and pages put into words."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """
    What was asked is not done; `code` is the key of the words, `parts` fill them in.

    `wait_s`: after how long the same may be sent again; 0 where that would not help.
    """

    def __init__(self, code: str, *, wait_s: int = 0, **parts: object) -> None:
        super().__init__(code)
        self.code = code
        self.wait_s = wait_s
        self.parts = parts
