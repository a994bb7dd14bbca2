"""The import report as people read it: one page without script or network, and one JSON file."""
