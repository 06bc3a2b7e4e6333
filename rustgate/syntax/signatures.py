"""Read function signatures: visibility, modifiers, parameters, and who dictates them."""

import re
from collections.abc import Sequence

from tree_sitter import Node

from rustgate.syntax.attributes import attribute_name, cfg_requires_test
from rustgate.syntax.outline_nodes import FunctionNode
from rustgate.syntax.parse import COMMENTS

_NOT_PARAMETERS = COMMENTS | {"(", ")", ","}
_PLAIN_HEADS = {b"fn ": False, b"pub fn ": True}
"""The usual text before a function's name, and whether such a function is public."""
_PLAIN_PARAMETERS = {b"()": False, b"(self)": True, b"(&self)": True, b"(&mut self)": True, b"(mut self)": True}
"""The most frequent lists of parameters, and whether they hold `self`; they hold nothing else."""
_WORD = re.compile(r"\w+")
_PARAMETER_NAME = re.compile(rb"(?:mut\s+)?(\w+)\s*:.*", re.DOTALL)
_TYPED_SELF = re.compile(rb"(?:mut\s+)?self\s*:")
_ONE_VALUE = frozenset(
    {"panic", "target_abi", "target_arch", "target_endian", "target_env", "target_os", "target_pointer_width", "target_vendor"}
)
"""Keys that have one value in each build."""
_BLANKS = re.compile(r"\s+")
_ALIASES = {'target_family="unix"': "unix", 'target_family="windows"': "windows", 'target_os="windows"': "windows"}
_DEEPEST = 8
"""Levels of operators that are looked into."""
_BOOL = re.compile(rb"(?:^|:)\s*bool$")


def read_signature(node: FunctionNode, tree_node: Node, source: bytes) -> None:
    """Fill in the fields of a function that its signature decides.

    The name of the function must be known.
    """
    holder, holder_words = (node.parent.kind, node.parent.words) if node.parent else ("", frozenset[str]())
    plain = _PLAIN_HEADS.get(source[node.start : node.head_start])
    if plain is None:
        _read_modifiers(node, tree_node, source)
    else:
        node.public = plain
    parameters, body = tree_node.child_by_field_name("parameters"), tree_node.child_by_field_name("body")
    if parameters:
        _read_parameters(node, parameters, source)
    if body:
        node.body_start = body.start_byte
    node.public = node.public or (holder == "trait" and "pub" in holder_words)
    node.fixed_signature = _is_foreign(node.words) or holder == "extern" or (holder == "impl" and bool(holder_words))
    node.required = holder == "trait" and node.kind == "signature" and _is_member(tree_node)


def _read_modifiers(node: FunctionNode, tree_node: Node, source: bytes) -> None:
    """Read what stands before `fn`."""
    for child in tree_node.children:
        if child.type == "visibility_modifier":
            node.public = source[child.start_byte : child.end_byte] == b"pub" or source.startswith(b"$", child.start_byte)
        elif child.type == "function_modifiers":
            node.words = frozenset(_WORD.findall(source[child.start_byte : child.end_byte].decode(errors="replace")))
        elif child.type == "fn":
            return


def _read_parameters(node: FunctionNode, parameters: Node, source: bytes) -> None:
    plain = _PLAIN_PARAMETERS.get(source[parameters.start_byte : parameters.end_byte])
    if plain is not None:
        node.self_parameter = plain
        return
    predicates: list[str] = []
    conditional: list[tuple[bytes, list[str], bool]] = []
    for child in parameters.children:
        kind = child.type
        if kind in _NOT_PARAMETERS:
            continue
        text = source[child.start_byte : child.end_byte]
        if kind == "attribute_item":
            attribute = text.decode(errors="replace")
            predicates += [attribute.partition("cfg")[2]] if attribute_name(attribute) == "cfg" else []
            continue
        is_bool = text.endswith(b"bool") and bool(_BOOL.search(text))
        if kind == "self_parameter" or (b"self" in text and _TYPED_SELF.match(text)):
            node.self_parameter = True
        elif predicates:
            conditional.append((_PARAMETER_NAME.sub(rb"\1", text), predicates, is_bool))
        else:
            node.parameters += 1
            node.bool_parameters += is_bool
        predicates = []
    node.parameters += _most_together([(name, one) for name, one, _ in conditional])
    node.bool_parameters += _most_together([(name, one) for name, one, is_bool in conditional if is_bool])


def _is_foreign(words: frozenset[str]) -> bool:
    """Return whether modifiers name the ABI of another language."""
    return "extern" in words and "Rust" not in words


def _is_member(tree_node: Node) -> bool:
    """Return whether a function stands right in a trait.

    What stands in a macro in the trait may be written with a body.
    """
    members = tree_node.parent
    return bool(members and members.parent and members.parent.type == "trait_item")


# parameters under `cfg`


def _most_together(conditional: Sequence[tuple[bytes, Sequence[str]]]) -> int:
    """Return how many of several parameters can be compiled together.

    Each comes with its name and its predicates, in parentheses. Those of one name count once, and so do those that exclude each other;
    those that only tests have do not count.
    """
    groups: list[list[tuple[bytes, list[str]]]] = []
    for name, predicates in conditional:
        if any(map(cfg_requires_test, predicates)):
            continue
        one = name, [part for predicate in predicates for part in _parts(_argument(predicate))]
        fitting = (group for group in groups if all(name == other or _exclude(one[1], parts) for other, parts in group))
        group = next(fitting, None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return len(groups)


def _exclude(parts: Sequence[str], others: Sequence[str], depth: int = 0) -> bool:
    """Return whether two predicates, as the parts of an `all(..)`, cannot both hold."""
    return any(_contradict(part, other, depth) for part in parts for other in others)


def _contradict(one: str, other: str, depth: int) -> bool:
    if one == f"not({other})" or other == f"not({one})" or {one, other} == {"unix", "windows"}:
        return True
    if depth < _DEEPEST:
        for first, second in ((one, other), (other, one)):
            if first.startswith("any("):
                return all(_exclude(_parts(alternative), _parts(second), depth + 1) for alternative in _arguments(first))
            if first.startswith("not(any("):
                return any(_contradict(f"not({alternative})", second, depth + 1) for alternative in _arguments(first[4:-1]))
    (key, _, value), (other_key, _, other_value) = one.partition("="), other.partition("=")
    if "windows" in {one, other}:
        return "target_os" in {key, other_key}
    return key == other_key in _ONE_VALUE and "(" not in one + other and value != other_value


def _parts(predicate: str) -> list[str]:
    """Split a predicate into what must hold together."""
    if not predicate.startswith("all("):
        return [_ALIASES.get(predicate, predicate)]
    return [part for argument in _arguments(predicate) for part in ([argument] if argument.startswith("all(") else _parts(argument))]


def _argument(predicate: str) -> str:
    """Return what is between the outer parentheses, without blanks."""
    return next(iter(_arguments(_BLANKS.sub("", predicate))), "")


def _arguments(operator: str) -> list[str]:
    """Split the arguments of `all(..)`, `any(..)` or `(..)`."""
    found, depth, quoted = [""], 0, False
    for letter in operator.partition("(")[2]:
        quoted ^= letter == '"'
        depth += 0 if quoted else (letter == "(") - (letter == ")")
        if depth < 0:
            break
        if letter == "," and not (depth or quoted):
            found.append("")
        else:
            found[-1] += letter
    return [argument for argument in found if argument]
