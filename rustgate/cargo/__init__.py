"""Cargo manifests and workspaces, with positions."""
