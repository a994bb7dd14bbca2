"""Owns how sure a number is."""
