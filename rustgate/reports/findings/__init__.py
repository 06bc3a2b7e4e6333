"""Reports of findings, one module per format."""
