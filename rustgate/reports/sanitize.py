"""Escape text from files, to make it safe to print."""

import re

_CONTROL = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udfff]|(?<=#)#(?=\\w*\\[)"
)
_BLANK = r"(?:[^\S\n]|\u180e)"  # white space as Unicode has it, now or once: build servers trim it
_COMMAND = re.compile(rf"^({_BLANK}*):(?=:(?!(?:alloc|core|std)::))", re.MULTILINE)


def escape_controls(text: str) -> str:
    r"""Escape control characters, as `\x1b` or `\u202e`.

    So are bidirectional overrides and lone surrogates; tabs stay. So are `##[` and `##name[`, by which build servers take commands from
    their logs, wherever they stand on a line.
    """
    return _CONTROL.sub(lambda found: _escaped(ord(found[0])), text)


def escape_commands(text: str) -> str:
    r"""Escape GitHub's workflow commands, which begin with `::`.

    A `::` at the start of a line becomes `\x3a:`; colours do not hide one. Paths into the standard library are left as they are: no command
    has the name of one of its crates.
    """
    return _COMMAND.sub(r"\1\\x3a", text)


def escape_lines(text: str) -> str:
    """Escape control characters and commands in each line of a text."""
    return escape_commands("\n".join(map(escape_controls, text.split("\n"))))


def escape_surrogates(text: str) -> str:
    r"""Make text writable as UTF-8.

    A byte of a path that is not UTF-8 becomes `\udce4`.
    """
    return text.encode(errors="backslashreplace").decode()


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004  # the last code point with two digits
