"""What several tests share: trees of files in a temporary folder, git in them, and an environment that says nothing."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

_GIT = ("git", "-c", "user.name=Ferris", "-c", "user.email=ferris@example.org", "-c", "protocol.file.allow=always")


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write `files` below `folder`, and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def git(folder: Path, *arguments: str) -> None:
    """Run git in `folder`, with an identity that is always the same."""
    subprocess.run((*_GIT, *arguments), cwd=folder, capture_output=True, check=True)


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in os.environ:
        if name.startswith(("RUSTGATE_", "GIT_")) or name in {"NO_COLOR", "FORCE_COLOR"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("RUSTGATE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
