"""Run work in processes that can be ended."""
