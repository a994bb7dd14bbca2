"""Owns the Japanese words of the commands on money."""

MESSAGES: dict[str, str] = {}
