"""Comments and attributes that mute findings."""
