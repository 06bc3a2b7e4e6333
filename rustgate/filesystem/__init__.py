"""Files, TOML, gitignore patterns, git, and repository boundaries."""
