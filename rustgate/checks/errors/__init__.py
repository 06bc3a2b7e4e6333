"""Checks of the rules about error types."""
