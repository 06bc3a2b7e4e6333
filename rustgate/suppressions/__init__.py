"""Comments and attributes that suppress findings."""
