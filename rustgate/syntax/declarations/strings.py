"""Values of string literals."""

import re

STRING = re.compile(r'r(?P<hashes>#*)"(?P<raw>.*?)"(?P=hashes)|"(?P<text>(?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:\n\s*|x([0-7][0-9a-fA-F])|u\{([0-9a-fA-F_]{1,8})\}|(.))", re.DOTALL)
_CHARACTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_CONCAT = re.compile(r"(?:(?:::\s*)?(?:std|core)\s*::\s*)?concat\s*!\s*[(\[{](?P<strings>.*)[)\]}]", re.DOTALL)
_LAST_CODE_POINT = 0x10FFFF


def string_value(text: str) -> str | None:
    """Return the value of a string literal, or of a `concat!` of them.

    None if `text` is anything else. A comma may follow.
    """
    text = text.strip().removesuffix(",").rstrip()
    literal = STRING.fullmatch(text)
    if literal:
        return _value(literal)
    concat = _CONCAT.fullmatch(text)
    if concat is None or STRING.sub("", concat["strings"]).strip(", \t\r\n"):
        return None
    return "".join(map(_value, STRING.finditer(concat["strings"])))


def _value(literal: re.Match[str]) -> str:
    return literal["raw"] if literal["text"] is None else _ESCAPE.sub(_unescaped, literal["text"])


def _unescaped(escape: re.Match[str]) -> str:
    code, character = escape[1] or (escape[2] or "").replace("_", ""), escape[3]
    if code:
        return chr(min(int(code, 16), _LAST_CODE_POINT))
    return _CHARACTERS.get(character, character) if character else ""
