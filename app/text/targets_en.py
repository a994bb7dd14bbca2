"""Owns the English words of the commands on targets."""

MESSAGES: dict[str, str] = {}
