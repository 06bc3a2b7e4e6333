"""Where the cache is, and how large it may become."""

import pytest

from rustgate.cache.location import default_folder, size_limit
from rustgate.errors import RustgateError

MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "/home/ferris/.cache/rustgate"),
        ("linux", {"XDG_CACHE_HOME": "/var/c"}, "/var/c/rustgate"),
        ("linux", {"XDG_CACHE_HOME": "c"}, "/home/ferris/.cache/rustgate"),
        ("darwin", {"XDG_CACHE_HOME": "/var/c"}, "/home/ferris/Library/Caches/rustgate"),
        ("win32", {}, "/home/ferris/AppData/Local/rustgate/Cache"),
        ("win32", {"LOCALAPPDATA": "/c"}, "/c/rustgate/Cache"),
    ],
)
def test_the_platform_says_where_it_is(monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], expected: str) -> None:
    monkeypatch.setenv("HOME", "/home/ferris")
    assert default_folder(variables, platform) == expected


@pytest.mark.parametrize(("given", "size"), [(None, 256), ("", 256), ("1", 1), ("4096", 4096)])
def test_the_size_can_be_set(given: str | None, size: int) -> None:
    assert size_limit({} if given is None else {"RUSTGATE_CACHE_SIZE": given}) == size * MEBIBYTE


@pytest.mark.parametrize("given", ["0", "-1", "1.5", "5G", "9999999999999", "²"])
def test_an_odd_size_is_a_mistake(given: str) -> None:
    with pytest.raises(RustgateError, match=r"RUSTGATE_CACHE_SIZE is .* it must be a whole number of MiB"):
        size_limit({"RUSTGATE_CACHE_SIZE": given})
