"""The grammar that everything is parsed with."""

import tree_sitter_rust
from tree_sitter import Language

LANGUAGE = Language(tree_sitter_rust.language())
