"""Verbs: City × parameters → results, without files, clocks or screens."""
