"""What a run found, written for people and for other programs: one module for each format, each a pure function to text."""
