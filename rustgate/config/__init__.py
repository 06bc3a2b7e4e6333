"""Configuration: read, checked and resolved per file."""
