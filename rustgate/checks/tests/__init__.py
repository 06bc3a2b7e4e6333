"""Checks of the rules about tests."""
