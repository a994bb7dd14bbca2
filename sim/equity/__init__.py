"""Owns how access is shared out among people."""
