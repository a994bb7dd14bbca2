"""Owns the Japanese words of the commands on fairness."""

MESSAGES: dict[str, str] = {}
