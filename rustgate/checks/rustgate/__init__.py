"""Checks of the rules about rustgate itself."""
