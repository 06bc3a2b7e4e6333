"""Work in processes that can be ended."""
