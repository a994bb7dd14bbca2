"""Owns the English words of the commands on sureness."""

MESSAGES: dict[str, str] = {}
