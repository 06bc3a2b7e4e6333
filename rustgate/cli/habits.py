"""Hints for what people type who come from other tools."""

import os

COMMANDS = {
    "lint": "`rustgate check` checks code",
    "run": "`rustgate check` checks code",
    "rule": "`rustgate explain RULE` explains one rule, `rustgate rules` lists all",
    "linter": "`rustgate rules` lists all rules",
    "clean": "`rustgate cache clean` removes cached results",
    "complete": "`rustgate completions SHELL` prints the completions of a shell",
    "generate-shell-completion": "`rustgate completions SHELL` prints the completions of a shell",
    "help": "`rustgate --help` lists the commands, `rustgate COMMAND --help` the options of one",
    "version": "`rustgate --version` says which it is",
    "format": "`cargo fmt` formats code",
    "fmt": "`cargo fmt` formats code",
}
OPTIONS = {
    "--fix": "rustgate changes no code; each finding says what to do, and `rustgate explain RULE` says more",
    "--add-noqa": "rustgate writes no suppressions; `// rustgate: allow(RULE) -- reason` above a line suppresses a finding",
    "--output-format": "use --output FORMAT",
    "--format": "use --output FORMAT",
    "--message-format": "use --output FORMAT",
    "--json": "use --output json",
    "--sarif": "use --output sarif",
    "--output-file": "use --output FORMAT=FILE",
    "--out": "use --output FORMAT=FILE",
    "--extend-select": "`select` in rustgate.toml, or a level in [rules], turns a rule on beside the others",
    "--extend-ignore": "use --ignore, which adds to the configuration",
    "--disable": "use --ignore",
    "--enable": "use --select",
    "--allow": "use --ignore",
    "--deny": "set the level in [rules], or by --config rules.RULE=error",
    "--exclude": "set `exclude` in rustgate.toml, or --config 'exclude=[\"PATTERN\"]'",
    "--threads": "use --jobs",
    "--line-length": "limits stand in rustgate.toml: [rules] function-length = { limit = 40 }",
    "--statistic": "use --statistics",
    "--show-source": "the full report shows the code; --output concise does not",
}


def hint_for_command(name: str) -> str:
    """Return a hint for a command that another tool has, or for a path; else an empty string."""
    if name in COMMANDS:
        return f"; {COMMANDS[name]}"
    return f"; `rustgate check {name}` checks it" if os.path.exists(name) else ""


def hint_for_option(name: str) -> str:
    """Return a hint for an option that another tool has, or an empty string."""
    return f"; {OPTIONS[name]}" if name in OPTIONS else ""
