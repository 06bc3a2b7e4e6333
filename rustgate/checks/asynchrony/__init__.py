"""Checks of the rules about async code."""
