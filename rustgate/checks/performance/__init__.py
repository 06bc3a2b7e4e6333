"""Checks of the rules about performance."""
