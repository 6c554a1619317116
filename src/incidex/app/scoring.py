"""`incidex evaluate score`: find the gold, code its texts, print what came out."""

import gzip
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import get_args

import msgspec

from incidex.app.batch import code_lines
from incidex.app.scoreboard import scores_to_json, show_details, show_scores
from incidex.app.terminal import make_console, progress
from incidex.codebook import get_field
from incidex.evaluate import (
    CodedLine,
    GoldRow,
    Measure,
    Part,
    Scores,
    SetFloors,
    is_gold,
    judge_silence,
    measure,
    parse_coded,
    parse_gold,
    part_of,
    sample,
    score,
)
from incidex.model import InputError

#: Where the project's own gold stands.
GOLD = Path("gold")

ALL = "all"

_ENDINGS = (".jsonl", ".jsonl.gz")


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be scored."""

    paths: tuple[Path, ...] = ()
    part: str = ALL
    fields: tuple[str, ...] = ()
    coded: Path | None = None
    workers: int = 1
    sample: int = 0  # rows of a set, always the same ones; 0 for all


@dataclass(frozen=True, slots=True)
class GoldSet:
    """The rows of one gold file that are asked for."""

    name: str
    part: str
    sample: int
    rows: tuple[GoldRow, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """A gold set with its scores, and what of it could not be coded, a sentence each."""

    gold: GoldSet
    scores: Scores
    measures: Mapping[str, Measure] = field(default_factory=dict)  # of speakers, stances and incidents
    failures: tuple[str, ...] = ()


def score_sets(request: Request, chosen: Mapping[str, SetFloors] = MappingProxyType({})) -> Iterator[Scored]:
    """Score each gold set that the request means; of a set in `chosen`, the rows that its floors hold for."""
    for name in request.fields:
        get_field(name)
    for gold in find_gold(request, chosen):
        failures: list[str] = []
        coded = read_coded(request.coded) if request.coded else code_rows(gold, request.workers, failures)
        own = {} if request.coded else measure(row.raw for row in gold.rows)
        yield Scored(gold, score(gold.rows, coded), own, tuple(failures))


def print_scores(scored: Scored, fields: Sequence[str], *, details: bool, as_json: bool) -> None:
    """Print the scores of a gold set."""
    gold, scores = scored.gold, scored.scores
    if as_json:
        told = scores_to_json(gold.name, gold.part, scores, fields)
        told["measures"] = {
            name: {**each._asdict(), "share": each.share} for name, each in scored.measures.items()
        }
        print(msgspec.json.encode(told).decode())
        return
    console = make_console()
    console.print(show_scores(f"{gold.name}, {gold.part}", scores, scored.measures, fields))
    if details or fields:
        console.print(show_details(scores, fields))


def print_silence(measured: Sequence[Mapping[str, Measure]], *, as_json: bool) -> None:
    """Print, over all sets together, how often silence was right: no set alone has texts of both kinds."""
    silence = judge_silence(measured)
    if silence is None:
        return
    if as_json:
        told = {"precision": silence.precision, "recall": silence.recall, "f1": silence.f1}
        print(msgspec.json.encode({"set": "all", "no_incident": told}).decode())
    else:
        make_console().print(
            f"all sets, no incident: precision {silence.precision:.3f}, recall {silence.recall:.3f} "
            f"({silence.right} rightly silent, {silence.wrong} wrongly, {silence.missed} told of none)"
        )


def find_gold(request: Request, chosen: Mapping[str, SetFloors] = MappingProxyType({})) -> Iterator[GoldSet]:
    """Yield the gold sets that the request means, each as far as it is in the part and sample asked for."""
    if request.part not in (ALL, *get_args(Part)):
        raise InputError(f"{request.part!r} is no part; there are {', '.join(get_args(Part))} and {ALL}")
    if not request.paths and not GOLD.is_dir():
        raise InputError("there is no folder gold here; name a gold file, or a folder of them")
    for path in [found for named in request.paths or (GOLD,) for found in _files(named)]:
        held = chosen.get(name_of(path))
        part, count = (held.part, held.sample) if held else (request.part, request.sample)
        gold = read_gold(path, part, count)
        if gold.rows:
            yield gold


def read_gold(path: Path, part: str = ALL, count: int = 0) -> GoldSet:
    """Return the rows of a gold file that are in a part, or `count` of them, always the same ones."""
    found = parse_gold(read_lines(path), name=path.name)
    rows = [row for row in found if part in (ALL, part_of(row.raw))]
    return GoldSet(name_of(path), part, count, tuple(sample(rows, count) if count else rows))


def name_of(path: Path) -> str:
    """Return the name of the set in a file: that of the file without its endings."""
    return path.name.removesuffix(".gz").removesuffix(".jsonl")


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError(f"there is no file or folder {path}")
    if not path.is_dir():
        return [path]
    found = [each for each in sorted(path.iterdir()) if each.name.endswith(_ENDINGS) and _holds_gold(each)]
    if not found:
        raise InputError(f'the folder {path} holds no gold: no .jsonl file whose rows have "text" and "gold"')
    return found


def _holds_gold(path: Path) -> bool:
    """Say whether the first row is gold: a folder of corpora also holds lists of names."""
    try:
        with closing(read_lines(path)) as lines:
            return is_gold(msgspec.json.decode(next(lines, b"null")))
    except (InputError, msgspec.DecodeError, UnicodeDecodeError):
        return False


def read_lines(path: Path) -> Generator[bytes, None, None]:
    """Yield the lines of a file, which may be gzipped; raise `InputError` when it cannot be read."""
    try:
        with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
            yield from file
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be read: {reason}") from error


def code_rows(gold: GoldSet, workers: int, failures: list[str]) -> list[CodedLine]:
    """Code the texts of a gold set with the coders as they are; append what failed."""
    coded = code_lines_of([row.to_line() for row in gold.rows], gold.name, workers)
    failures.extend(f"{gold.name}: {line.error}" for line in coded if line.error)
    return coded


def code_lines_of(lines: Sequence[bytes], name: str, workers: int) -> list[CodedLine]:
    """Code lines of `name` with the coders as they are, under a bar."""
    outcomes: list[bytes] = []
    with progress(f"coding {name}", len(lines), console=make_console(stderr=True)) as step:
        for outcome in code_lines(lines, workers=workers):
            outcomes.append(outcome.line)
            step()
    return list(parse_coded(outcomes, name=name))


def read_coded(path: Path) -> Sequence[CodedLine]:
    """Return the lines of a coded file."""
    return list(parse_coded(read_lines(path), name=path.name))
