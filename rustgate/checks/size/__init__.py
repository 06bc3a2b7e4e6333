"""Measures of the rules about size and complexity."""
