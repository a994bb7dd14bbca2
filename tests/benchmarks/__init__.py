"""Timings of whole commands and of kernels beside their peers; printed, never asserted."""
