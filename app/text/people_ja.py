"""Owns the Japanese words of the commands on people."""

MESSAGES: dict[str, str] = {}
