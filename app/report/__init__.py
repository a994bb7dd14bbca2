"""Owns what is handed out on paper and in files: sheets, maps, tables, all from stored runs."""
