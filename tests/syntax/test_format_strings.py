"""Format strings: placeholders, arguments and what stands for what."""

import pytest
from tree_sitter import Node

from rustgate.syntax.format_strings import FormatString, format_string
from rustgate.syntax.parse import parse_rust


def tokens(arguments: str) -> Node:
    macro = parse_rust(f"fn f() {{ format!({arguments}); }}".encode()).children[0].named_children[-1].named_children[0].named_children[0]
    return macro.children[-1]


@pytest.mark.parametrize(
    ("arguments", "text", "values"),
    [
        ('"{}", a', '"{}"', ["a"]),
        ('"{} {}", a, b.c()', '"{} {}"', ["a", "b.c()"]),
        ('"{1} {0} {}", a, b', '"{1} {0} {}"', ["b", "a", "a"]),
        ('"{name:>width$}", width = 3, name = x + 1', '"{name:>width$}"', ["x + 1"]),
        ('"{name}"', '"{name}"', ["name"]),
        ('"{{}} {{{}}}", a', '"{{}} {{{}}}"', ["a"]),
        ('target, "{}", a', '"{}"', ["a"]),
        ('concat!("{}", "-{}"), a, b', '"{}""-{}"', ["a", "b"]),
        ('r#"{}"#, a,', 'r#"{}"#', ["a"]),
        ('"{}"', '"{}"', [""]),
    ],
)
def test_placeholders_stand_for_arguments(arguments: str, text: str, values: list[str]) -> None:
    found = format_string(tokens(arguments))
    assert found
    assert (found.text, [*found.values(found.placeholders())]) == (text, values)


def test_a_macro_without_a_literal_has_no_format_string() -> None:
    assert format_string(tokens("a, b")) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('"{name}"', ["name"]),
        ('"{name:>width$.precision$}"', ["name", "width", "precision"]),
        ('"{0:?} {:>1$}"', []),
        ('"{{name}} {{{other}}}"', ["other"]),
    ],
)
def test_placeholders_name_variables(text: str, names: list[str]) -> None:
    assert [name for placeholder in FormatString(0, text, []).placeholders() for name in placeholder.names] == names
