"""Owns the command line, one family of commands a module; slow modules are imported inside the commands."""
