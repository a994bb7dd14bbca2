"""Two scenarios side by side: maps, indicators, tables, explanations."""
