"""Draw a real report on a terminal as docs/pictures/report-light.svg and report-dark.svg."""

import fcntl
import os
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, DIMMED_MONOKAI, TerminalTheme
from rich.text import Text

ROOT = Path(__file__).parent.parent
COMMAND = "rustgate check sample_crates/messy/src/depot.rs"
_WIDTH, _HEIGHT = 100, 60
_THEMES = {"light": DEFAULT_TERMINAL_THEME, "dark": DIMMED_MONOKAI}


def pictures() -> Iterator[tuple[Path, str]]:
    """Yield the file and the text of each picture."""
    report = on_terminal([sys.executable, "-m", *COMMAND.split(), "--quiet", "--no-cache"])
    for name, theme in _THEMES.items():
        yield ROOT / f"docs/pictures/report-{name}.svg", picture(f"$ {COMMAND}\n\n{report}", theme)


def on_terminal(command: list[str]) -> str:
    """Return what a command prints on a terminal of 100 columns."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _HEIGHT, _WIDTH, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"} | {"COLUMNS": str(_WIDTH)}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=theirs, stderr=subprocess.PIPE) as process:
        os.close(theirs)
        printed = b"".join(_read(ours))
    os.close(ours)
    if process.returncode != 1:
        raise SystemExit(f"{COMMAND} ended with {process.returncode}, not with findings")
    return printed.decode().replace("\r\n", "\n")


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            read = os.read(terminal, 65536)
        except OSError:  # the other end was closed: all is read
            return
        if not read:
            return
        yield read


def picture(text: str, theme: TerminalTheme) -> str:
    """Return text with colours as an SVG picture."""
    console = Console(width=_WIDTH, file=StringIO(), record=True, force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(text), soft_wrap=False)
    return console.export_svg(title="rustgate", theme=theme, unique_id="rustgate") + "\n"


if __name__ == "__main__":
    for file, drawn in pictures():
        file.parent.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
        print(file.relative_to(ROOT))
