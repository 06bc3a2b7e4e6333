"""Checks of the rules about Cargo manifests."""
