"""Owns how many trips people make by bus, and how that changes."""
