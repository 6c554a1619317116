"""`incidex evaluate compare` and `agreement`: two codings or more of the same reports, side by side."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from incidex.app.scoring import code_lines_of, read_lines
from incidex.app.terminal import make_console, make_safe
from incidex.evaluate import (
    DISTANCES,
    Agreement,
    CodedLine,
    Coding,
    Comparison,
    Difference,
    GoldRow,
    agree,
    compare,
    parse_coded,
    parse_gold,
    to_answers,
)
from incidex.model import InputError, Stance

#: Differences listed for a field before the rest is counted.
LISTED = 10


def print_comparison(
    old: Path, new: Path, *, gold: Path | None, workers: int, show_all: bool, as_json: bool
) -> bool:
    """Print the claims gained and lost from `old` to `new`; say whether there are none."""
    comparison = compare(
        _read_or_code(old, workers), _read_or_code(new, workers), _read_gold(gold) if gold else ()
    )
    if as_json:
        print(msgspec.json.encode(comparison).decode())
    else:
        make_console().print(_show_comparison(comparison, None if show_all else LISTED))
    return comparison.is_same


def _read_or_code(path: Path, workers: int) -> list[CodedLine]:
    """Return a coded file's lines; texts that are not coded yet are coded now."""
    lines = [line for line in read_lines(path) if line.strip()]
    if lines and _is_text(lines[0]):
        return code_lines_of(lines, path.name, workers)
    return list(parse_coded(lines, name=path.name))


def _is_text(line: bytes) -> bool:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return isinstance(found, dict) and "text" in found and "incidents" not in found


def _read_gold(path: Path) -> list[GoldRow]:
    return list(parse_gold(read_lines(path), name=path.name))


def _show_comparison(comparison: Comparison, limit: int | None) -> RenderableType:
    parts: list[RenderableType] = [
        Text(
            f"{comparison.reports:,} reports in both: {comparison.kept:,} readings kept, "
            f"{len(comparison.gained):,} gained, {len(comparison.lost):,} lost, "
            f"{len(comparison.changed):,} given to another speaker",
            style="bold",
        )
    ]
    for which, reports in (("old", comparison.only_old), ("new", comparison.only_new)):
        if reports:
            shown = ", ".join(reports[:LISTED])
            more = f" and {len(reports) - LISTED} more" if len(reports) > LISTED else ""
            parts.append(Text(make_safe(f"only in the {which} file: {shown}{more}")))
    sides = (
        ("gained", "+", comparison.gained),
        ("lost", "-", comparison.lost),
        ("moved", "~", comparison.changed),
    )
    if any(listed for _, _, listed in sides):
        parts.append(_show_counts(comparison))
    for field in sorted({each.field for _, _, listed in sides for each in listed}):
        parts.append(Text(f"\n{field}", style="bold"))
        for _, sign, listed in sides:
            parts += _show_differences([each for each in listed if each.field == field], sign, limit)
    return Group(*parts)


def _show_counts(comparison: Comparison) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("field")
    for column in ("gained", "of them right", "lost", "of them right", "other speaker"):
        table.add_column(column, justify="right")
    sides = (comparison.gained, comparison.lost, comparison.changed)
    counts = [Counter(each.field for each in side) for side in sides]
    right = [_count_right(side) for side in sides]
    for field in sorted(set().union(*counts)):
        table.add_row(
            field,
            f"{counts[0][field]:,}",
            right[0].get(field, ""),
            f"{counts[1][field]:,}",
            right[1].get(field, ""),
            f"{counts[2][field]:,}",
        )
    return table


def _count_right(side: Iterable[Difference]) -> Mapping[str, str]:
    """Return, by field, how many of the claims that the gold can judge are right."""
    judged = [each for each in side if each.is_right is not None]
    asked = Counter(each.field for each in judged)
    right = Counter(each.field for each in judged if each.is_right)
    return {field: f"{right[field]:,} of {count:,}" for field, count in asked.items()}


def _show_differences(listed: Sequence[Difference], sign: str, limit: int | None) -> list[Text]:
    shown = [_show_difference(each, sign) for each in listed[:limit]]
    if limit is not None and len(listed) > limit:
        shown.append(Text(f"  {sign} and {len(listed) - limit:,} more", style="dim"))
    return shown


_VERDICTS = {None: "", True: "  [right]", False: "  [wrong]"}


def _show_difference(each: Difference, sign: str) -> Text:
    denied = "" if each.stance == Stance.ASSERTS else f" ({each.stance})"
    moved = f"  {each.before or 'nobody'} → {each.speaker or 'nobody'}" if sign == "~" else ""
    quote = " ".join(each.quote.split())[:120]
    line = Text(make_safe(f"  {sign} {each.value}{denied}{moved}{_VERDICTS[each.is_right]}"))
    line.append(make_safe(f"  {each.report}, {each.coder}: “{quote}”"), style="dim")
    return line


def print_agreement(paths: Sequence[Path], *, sets: str, as_json: bool) -> None:
    """Print, by field, how far the coders of the files agree."""
    if len(paths) < 2:
        raise InputError("agreement needs the coded files of two coders or more")
    if sets not in DISTANCES:
        raise InputError(f"{sets!r} is no distance between sets; there are {', '.join(DISTANCES)}")
    found = agree([_read_coding(path) for path in paths], sets=sets)
    if not any(each.units for each in found.values()):
        raise InputError("no report was coded by two of the coders; the ids in the files must be the same")
    if as_json:
        print(msgspec.json.encode(found).decode())
    else:
        make_console().print(_show_agreement(found))


def _read_coding(path: Path) -> Coding:
    return {str(line.id): _answers(line) for line in parse_coded(read_lines(path), name=path.name)}


def _answers(line: CodedLine) -> Mapping[str, frozenset[str]]:
    return to_answers(
        (claim.field, claim.words, claim.confidence or 0.0)
        for claim in line.claims
        if claim.stance == Stance.ASSERTS and claim.words
    )


def _show_agreement(found: Mapping[str, Agreement]) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("field")
    for column in ("alpha", "units", "told", "distance"):
        table.add_column(column, justify="right" if column != "distance" else "left")
    for field, each in found.items():
        told = "no difference" if each.alpha is None else f"{each.alpha:.3f}"
        table.add_row(field, told, f"{each.units:,}", f"{each.told:,}", each.distance)
    return Group(
        Text("Krippendorff's alpha: 1 is full agreement, 0 what chance would give", style="bold"),
        table,
    )
