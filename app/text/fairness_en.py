"""Owns the English words of the commands on fairness."""

MESSAGES: dict[str, str] = {}
