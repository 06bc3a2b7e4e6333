"""Checks of the rules about panics."""
