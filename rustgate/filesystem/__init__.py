"""Reading files, gitignore patterns, git, and where a repository ends."""
