"""Where the codebook's data files stand, and how a name that is not in them is answered."""

from collections.abc import Iterable, Sequence

#: The version of the codebook that this program reads and writes.
VERSION = "1"

#: Longer words than this are not compared: closeness costs their length squared, and nobody mistypes so much.
_COMPARED = 80


def read_data(name: str) -> str:
    """Return the text of one of the codebook's files, as "codebook.toml"."""
    from pathlib import Path  # a third of what importing this module would take

    return (Path(__file__).parent / "data" / f"v{VERSION}" / name).read_text(encoding="utf-8")


def find_vocabularies() -> Sequence[str]:
    """Return the names of the vocabularies there are files of, in alphabetical order."""
    from pathlib import Path

    folder = Path(__file__).parent / "data" / f"v{VERSION}" / "vocabularies"
    return sorted(path.stem for path in folder.glob("*.tsv"))


def suggest(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean 'x' or 'y'?)" for the known words closest to `word`, or nothing."""
    from difflib import get_close_matches  # slow to import, and only errors need it

    spelling = {name.casefold(): name for name in known}
    close = get_close_matches(word[:_COMPARED].casefold(), spelling, n=3, cutoff=0.6)
    return f" (did you mean {' or '.join(repr(spelling[each]) for each in close)}?)" if close else ""
