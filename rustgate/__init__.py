"""A gate for Rust repositories that needs no compiler."""

__version__ = "0.1.0"
