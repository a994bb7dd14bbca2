"""Owns the English words of the commands on money."""

MESSAGES: dict[str, str] = {}
