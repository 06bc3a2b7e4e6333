"""What Cargo compiles: declarations followed from file to file."""
