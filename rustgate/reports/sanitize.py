"""Text that comes from files, made safe for where it is printed."""

import re

_CONTROL = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udfff]|(?<=#)#(?=\\w*\\[)"
)
_COMMAND = re.compile(r"^([ \t]*):(?=:(?!(?:alloc|core|std)::))", re.MULTILINE)


def printable(text: str) -> str:
    r"""`text` with control characters, bidirectional overrides and lone surrogates as `\x1b` or `\u202e`; tabs stay.

    So do not the `##[` and `##name[` by which build servers take commands from their logs, wherever they stand on a line.
    """
    return _CONTROL.sub(lambda found: _escaped(ord(found[0])), text)


def uncommanding(text: str) -> str:
    r"""Lines with a `::` in front, by which GitHub takes commands from its logs, with `\x3a:` there; colours do not hide one.

    Paths into the standard library are left as they are: no command has the name of one of its crates.
    """
    return _COMMAND.sub(r"\1\\x3a", text)


def shown(text: str) -> str:
    """A text of several lines, made safe line by line."""
    return uncommanding("\n".join(map(printable, text.split("\n"))))


def encodable(text: str) -> str:
    r"""`text` as it can be written as UTF-8: a byte of a path that is not UTF-8 becomes `\udce4`."""
    return text.encode(errors="backslashreplace").decode()


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004  # the last code point with two digits
