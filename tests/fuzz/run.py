"""Fuzz the readers of foreign files: `python tests/fuzz/run.py --seconds 60`.

README.md in the same folder says how to read a find.
"""

import argparse
import faulthandler
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from msgspec import Struct
from mutations import Material, mutated
from readers import Target, readers
from rust import lizard, rust

LIMIT = 10
"""Seconds for one input; one that takes longer is a hang, which is a find."""
_SHRINK = 20
"""Seconds for which a find is shrunk."""


class HangError(BaseException):
    """An input took too long.

    It is a `BaseException`, so that no `except Exception` on the way catches it.
    """


class Find(Struct, frozen=True):
    """An unwanted event: kind of error, place, and traceback."""

    kind: str
    place: str
    text: str

    @property
    def name(self) -> str:
        """The kind and place, which tell it from other finds."""
        return f"{self.kind} in {self.place}"


class Stop(Struct, frozen=True):
    """When a run ends.

    It ends after so many seconds, or after so many inputs of each target, if given.
    """

    seconds: float
    inputs: int | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the targets in turn; return 1 if something was found."""
    given = _parser().parse_args(arguments)
    targets = [
        target for target in (*readers(given.corpus), lizard(given.corpus), rust(given.corpus)) if given.target in {None, target.name}
    ]
    given.finds.mkdir(parents=True, exist_ok=True)
    if given.replay:
        again = [find for target in targets if (find := _try(target.check, given.replay.read_bytes()))]
        print(*(find.text for find in again), sep="\n")
        return int(bool(again))
    seed = random.randrange(2**32) if given.seed is None else given.seed  # noqa: S311  # no secret depends on it
    print(f"seed {seed}, {given.seconds:g} s, {', '.join(target.name for target in targets)}", flush=True)
    total = 0
    for target in targets:
        found = _fuzz(target, seed, Stop(given.seconds / len(targets), given.inputs), given.finds)
        total += len(found)
    return int(bool(total))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for all targets together (default: 60)")
    parser.add_argument("--inputs", type=int, help="stop each target after so many inputs")
    parser.add_argument("--target", choices=[*(target.name for target in readers([])), "lizard", "rust"], help="only this one")
    parser.add_argument("--seed", type=int, help="for the same inputs again (default: another one each time)")
    parser.add_argument("--corpus", type=Path, action="append", default=[], help="a folder with more .rs files (repeatable)")
    parser.add_argument("--finds", type=Path, default=Path("fuzz-finds"), help="where inputs go that found something")
    parser.add_argument("--replay", type=Path, help="try this input, and nothing else")
    return parser


def _fuzz(target: Target, seed: int, stop: Stop, finds: Path) -> dict[str, Find]:
    """Try mutated inputs of one target.

    Each kind of find is shrunk, written down and printed once.
    """
    material = Material(target.seeds, target.words)
    current = finds / f"current-{target.name}"
    found: dict[str, Find] = {}
    started, number = time.monotonic(), 0
    for number, data in enumerate(_inputs(target, seed, material), 1):
        current.write_bytes(data)  # if the process itself ends, this is the input that ended it
        find = _try(target.check, data)
        if find and find.name not in found:
            found[find.name] = find
            smallest = _shrunk(target.check, data, find)
            find = _try(target.check, smallest) or find
            file = finds / f"{target.name}-{len(found)}"
            file.write_bytes(smallest)
            print(f"\n{target.name}: {find.name}, seed {seed}, input {number}, {len(smallest)} bytes in {file}\n{find.text}", flush=True)
        if number == stop.inputs or time.monotonic() - started > stop.seconds:
            break
    current.unlink(missing_ok=True)
    print(f"{target.name}: {number:,} inputs in {time.monotonic() - started:.0f} s, {len(found)} finds", flush=True)
    return found


def _inputs(target: Target, seed: int, material: Material) -> Iterator[bytes]:
    """Yield mutated inputs without end.

    The seeds are not tried as they are: the other tests do that.
    """
    number = 0
    while True:
        number += 1
        yield mutated(random.Random(f"{seed} {target.name} {number}"), material)  # noqa: S311  # see `main`


def _try(check: Callable[[bytes], None], data: bytes) -> Find | None:
    try:
        with _limited(LIMIT):
            check(data)
    except HangError as error:
        return Find("hang", _place(error), traceback.format_exc())
    except Exception as error:  # noqa: BLE001  # any exception is a find
        kind = f"{type(error).__name__} ({str(error).partition(' | ')[0]})" if isinstance(error, AssertionError) else type(error).__name__
        return Find(kind, _place(error), traceback.format_exc())
    return None


def _place(error: BaseException) -> str:
    """Return the innermost function of ours in a traceback."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "rustgate" in Path(frame.filename).parts]
    own = [frame for frame in frames if "fuzz" not in Path(frame.filename).parts[-2:]] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].name}" if own else "?"


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise `HangError` when time is up.

    Where C does not come back, and so nothing hears the signal, the process ends itself.
    """
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    faulthandler.dump_traceback_later(3 * seconds, exit=True, file=sys.__stderr__ or 2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()


def _out_of_time(_signal: int, _frame: FrameType | None) -> None:
    raise HangError


def _shrunk(check: Callable[[bytes], None], data: bytes, find: Find) -> bytes:
    """Return a smaller input with the same find.

    It tries for a few seconds, first without lines, then without bytes.
    """
    until = time.monotonic() + _SHRINK
    for pieces in (data.split(b"\n"), None):
        glue = b"\n" if pieces else b""
        parts = pieces or [data[index : index + 1] for index in range(len(data))]
        size = max(1, len(parts) // 2)
        while size and time.monotonic() < until:
            index = 0
            while index < len(parts) and time.monotonic() < until:
                rest = parts[:index] + parts[index + size :]
                again = _try(check, glue.join(rest))
                if again and again.name == find.name:
                    parts = rest
                else:
                    index += size
            size //= 2
        data = glue.join(parts)
    return data


if __name__ == "__main__":
    faulthandler.enable()
    sys.exit(main())
