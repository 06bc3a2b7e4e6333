"""Checks of the rules about unsafe code."""
