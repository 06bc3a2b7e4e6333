"""Checks of the rules about security."""
