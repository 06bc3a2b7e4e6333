"""When Python looks for garbage."""

import gc


def collect_rarely() -> None:
    """Look for cycles when there are 100,000 more containers than the last time; nothing that is made of a file holds a cycle."""
    gc.set_threshold(100_000, 20, 20)
