"""Halstead, lizard and the measured nouns."""
