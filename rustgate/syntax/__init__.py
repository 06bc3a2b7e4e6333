"""From Rust source to syntax tree to outline."""
