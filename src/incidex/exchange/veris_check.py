"""VERIS 1.4.1 checked: the shape of a record, and what one part of it asks of another. Pure.

The shape is data/veris-1.4.1.tsv, what the official schema demands as one row a part; the rules between parts
are data/veris-rules.tsv, those of the official `checkValidity` script.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

SCHEMA_VERSION = "1.4.1"

#: How deep a record may be nested: the schema goes six deep, and `plus` holds what it likes.
_DEEPEST = 40


class Problem(NamedTuple):
    """One thing that is wrong: where, what stands there, and what to do about it."""

    path: str
    value: str
    problem: str


@dataclass(slots=True)
class Part:
    """One part of the shape."""

    kind: str
    needed: tuple[str, ...]
    low: float | None
    high: float | None
    unique: bool
    values: frozenset[str]
    pattern: re.Pattern[str] | None
    parts: dict[str, "Part"] = field(default_factory=dict)  # of a list, the one called "*"


@dataclass(frozen=True, slots=True)
class Rule:
    """A part, or a value of one, that asks for another."""

    when: str
    needs: str
    do: str


def check_shape(record: object) -> Iterator[Problem]:
    """Yield what the schema of VERIS 1.4.1 does not allow, in the order of the record."""
    yield from _check(shape(), record, "")


def check_rules(record: Mapping[str, Any], version: str = SCHEMA_VERSION) -> Iterator[Problem]:
    """Yield where one part asks for another that is not there.

    `version` is what the record called itself before it was made 1.4.1. What that version demanded and later
    ones do not is data/veris-older.tsv, as far as the official suite says.
    """
    older = (rule for named, rule in older_rules() if named == version)
    for rule in (*rules(), *older):
        if _holds(record, rule.when) and not _holds(record, rule.needs):
            path, _, value = rule.when.partition("=")
            yield Problem(path, value, f"{rule.when} needs {rule.needs}: {rule.do}")


def find_broken(record: Mapping[str, Any]) -> Iterator[Rule]:
    """Yield the rules of today that a record does not keep."""
    yield from (rule for rule in rules() if _holds(record, rule.when) and not _holds(record, rule.needs))


@cache
def shape() -> Part:
    """Return the shape of a record, read once."""
    root: Part | None = None
    by_path: dict[str, Part] = {}
    for path, kind, needed, limits, values in _rows("veris-1.4.1.tsv"):
        part = _make_part(kind, needed, limits, values, by_path)
        by_path[path] = part
        if root is None:
            root = part
        else:
            parent, _, name = path.rpartition(".")
            by_path[parent].parts[name] = part
    if root is None:
        raise RuntimeError("the shape of VERIS is empty; install Incidex again")
    return root


@cache
def rules() -> Sequence[Rule]:
    """Return the rules between parts, read once."""
    return tuple(Rule(*row) for row in _rows("veris-rules.tsv"))


@cache
def older_rules() -> Sequence[tuple[str, Rule]]:
    """Return what older versions asked, by version, read once."""
    return tuple((version, Rule(*row)) for version, *row in _rows("veris-older.tsv"))


def _rows(name: str) -> Iterator[list[str]]:
    lines = (Path(__file__).parent / "data" / name).read_text("utf-8").splitlines()
    yield from (line.split("\t") for line in lines[1:])


def _make_part(kind: str, needed: str, limits: str, values: str, known: Mapping[str, Part]) -> Part:
    low, _, high = limits.removesuffix(" unique").partition("..")
    allowed = known[values[1:]].values if values.startswith("=") else frozenset(values.split("|"))
    return Part(
        kind=kind,
        needed=tuple(needed.split()),
        low=float(low) if low else None,
        high=float(high) if high else None,
        unique=limits.endswith(" unique"),
        values=allowed if kind == "choice" else frozenset(),
        pattern=re.compile(values) if kind == "text" and values else None,
    )


def _check(part: Part, value: object, path: str) -> Iterator[Problem]:
    if path.count(".") > _DEEPEST:
        yield Problem(path, "", "this is nested too deep to be checked")
        return
    yield from _CHECKS[part.kind](part, value, path)


def _check_object(part: Part, value: object, path: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(path, _show(value), "this has to be an object with named parts")
        return
    yield from _check_size(part, len(value), path, "this is empty: fill it in, or leave it out")
    for name in part.needed:
        if name not in value:
            yield Problem(_join(path, name), "", _missing(part.parts.get(name)))
    for name, held in value.items():
        if name in part.parts:
            yield from _check(part.parts[name], held, _join(path, name))
        elif part.kind == "closed":
            yield Problem(_join(path, name), _show(held), _unknown_part(name, part))


def _check_list(part: Part, value: object, path: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(path, _show(value), "this has to be a list: put it in [ ]")
        return
    yield from _check_size(part, len(value), path, "this list is empty: fill it in, or leave it out")
    seen: list[object] = []
    for place, held in enumerate(value):
        if part.unique and held in seen:
            yield Problem(f"{path}.{place}", _show(held), "this stands in the list twice: keep one")
        seen.append(held)
        yield from _check(part.parts["*"], held, f"{path}.{place}")


def _check_choice(part: Part, value: object, path: str) -> Iterator[Problem]:
    if value not in part.values if isinstance(value, str) else True:
        yield Problem(path, _show(value), _not_one_of(value, part.values))


def _check_text(part: Part, value: object, path: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield Problem(path, _show(value), "this has to be text")
        return
    yield from _check_size(part, len(value), path, "this is empty: fill it in, or leave it out", "characters")
    if part.pattern and not part.pattern.search(value):
        yield Problem(path, _show(value), f"this has to look like {part.pattern.pattern}")


def _check_number(part: Part, value: object, path: str) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Problem(path, _show(value), "this has to be a number, without quotation marks")
    elif part.kind == "whole" and not isinstance(value, int):
        yield Problem(path, _show(value), "this has to be a whole number")
    else:
        yield from _check_size(part, value, path, "this is too small")


def _check_flag(_: Part, value: object, path: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(path, _show(value), "this has to be true or false")


def _check_size(part: Part, size: float, path: str, empty: str, unit: str = "") -> Iterator[Problem]:
    low, high = part.low, part.high
    if low is not None and size < low:
        wanted = f"at least {low:g} {unit}".strip()
        yield Problem(path, "", empty if low == 1 else f"this is below what is allowed: {wanted}")
    if high is not None and size > high:
        yield Problem(path, "", f"this is above what is allowed: at most {high:g} {unit}".strip())


_CHECKS: Mapping[str, Callable[[Part, object, str], Iterator[Problem]]] = {
    "closed": _check_object,
    "open": _check_object,
    "list": _check_list,
    "choice": _check_choice,
    "text": _check_text,
    "whole": _check_number,
    "number": _check_number,
    "flag": _check_flag,
}


def _missing(part: Part | None) -> str:
    values = part.parts["*"].values if part and part.kind == "list" else part.values if part else frozenset()
    hint = ', "Unknown" where it is not known' if "Unknown" in values else ""
    return f"this is missing: add it{hint}"


def _unknown_part(name: str, part: Part) -> str:
    close = get_close_matches(name[:80], part.parts, n=1)
    meant = f"; did you mean {close[0]}?" if close else f"; there are {', '.join(part.parts)}"
    return f"VERIS {SCHEMA_VERSION} has no such part{meant}"


def _not_one_of(value: object, values: frozenset[str]) -> str:
    close = get_close_matches(str(value)[:80], values, n=3)
    if close:
        return f"VERIS {SCHEMA_VERSION} has no such value; did you mean {' or '.join(map(repr, close))}?"
    known = sorted(values)
    shown = ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
    return f"VERIS {SCHEMA_VERSION} has no such value; it is one of {shown}"


def _holds(record: object, wanted: str) -> bool:
    """Say whether the record has a part ("action.malware"), with a value ("x=Yes") or below one ("x<5")."""
    path, _, below = wanted.partition("<")
    path, _, value = path.partition("=")
    held: object = record
    for name in path.split("."):
        if not isinstance(held, dict) or name not in held:
            return False
        held = held[name]
    if below:
        return isinstance(held, int) and held < int(below)
    return not value or held == value or (isinstance(held, list) and value in held)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name[:80]


def _show(value: object) -> str:
    return value[:80] if isinstance(value, str) else repr(value)[:80]
