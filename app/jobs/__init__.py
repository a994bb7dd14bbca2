"""Batches that run beside the server: ordered on a page, computed by a process of their own, kept as files."""
