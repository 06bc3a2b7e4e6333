"""Reference: baseline files, and which findings were there before."""
