"""Mask valid Rust that the grammar rejects."""
