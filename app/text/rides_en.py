"""Owns the English words of the commands on rides."""

MESSAGES: dict[str, str] = {}
