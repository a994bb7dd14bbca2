"""The only parsers of outside files: one format each, every finding located by file and row."""
