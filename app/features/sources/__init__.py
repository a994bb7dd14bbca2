"""The page of data: what the city stands on, how sure it is, how it was imported, and a check of further files."""
