"""Owns the Japanese words of the commands on targets."""

MESSAGES: dict[str, str] = {}
