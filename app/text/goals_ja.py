"""Owns the Japanese words of the commands on goals."""

MESSAGES: dict[str, str] = {}
