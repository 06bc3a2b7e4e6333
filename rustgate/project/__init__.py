"""The files of a run, their crates and modules."""
