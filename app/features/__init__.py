"""One folder per feature of the page."""
