"""Owns the page of the population by year."""
