"""Source to tree to outline."""
