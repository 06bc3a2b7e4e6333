"""The functions that pages name, one module for each topic."""
