"""Choice of the versions that a run compares."""

from msgspec import Struct


class Comparison(Struct, frozen=True):
    """Choice of versions: a revision, the index, or both.

    With `exact`, the old version is the revision itself instead of the commit where the branches part. `names` are those of files
    that the run reads beside Rust, manifests and the configuration.
    """

    since: str | None = None
    exact: bool = False
    staged: bool = False
    names: tuple[str, ...] = ()
