"""The nouns: rule, finding, file; all frozen."""
