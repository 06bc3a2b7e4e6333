"""Configuration, read, checked and resolved for each file."""
