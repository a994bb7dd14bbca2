"""Owns the English words of the commands on people."""

MESSAGES: dict[str, str] = {}
