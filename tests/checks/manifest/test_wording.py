"""Wording of messages about manifests."""

import pytest

from rustgate.checks.manifest.wording import enumerated


@pytest.mark.parametrize(("words", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_words_are_joined_as_in_a_sentence(words: list[str], text: str) -> None:
    assert enumerated(words) == text
