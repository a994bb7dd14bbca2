"""Owns the Japanese words of the commands on sureness."""

MESSAGES: dict[str, str] = {}
