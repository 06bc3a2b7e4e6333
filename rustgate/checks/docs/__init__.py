"""Checks of the rules about documentation."""
