"""Nouns: what a city is, and the only parsers of outside files."""
