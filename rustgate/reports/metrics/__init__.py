"""Reports of metrics, one module per format."""
