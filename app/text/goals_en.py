"""Owns the English words of the commands on goals."""

MESSAGES: dict[str, str] = {}
