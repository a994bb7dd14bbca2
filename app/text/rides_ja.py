"""Owns the Japanese words of the commands on rides."""

MESSAGES: dict[str, str] = {}
