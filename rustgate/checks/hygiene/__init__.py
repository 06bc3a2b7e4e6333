"""Checks of the rules about hygiene."""
