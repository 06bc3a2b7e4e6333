"""Halstead measures, lizard's numbers, and the metrics of files and functions."""
