"""How scores look: as tables for people and as JSON for programs. Nothing is decided here."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from incidex.app.terminal import make_safe
from incidex.evaluate import Confusion, FieldScore, Measure, Scores, Tally

#: Classes listed in a table, the most frequent first.
_CLASSES = 30


def show_scores(
    title: str, scores: Scores, measures: Mapping[str, Measure], only: Sequence[str] = ()
) -> RenderableType:
    """Render one gold set: a row a field, and a line a measure of speakers, stances and incidents."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("field", no_wrap=True)
    for column in ("asked", "precision", "recall", "F1", "macro F1", "coverage", "ECE"):
        table.add_column(column, justify="right")
    for name, each in _chosen(scores, only):
        macro = f"{each.macro_f1:.3f}" if each.classes else ""
        table.add_row(
            name,
            f"{each.asked:,}",
            *(f"{number:.3f}" for number in (each.tally.precision, each.tally.recall, each.tally.f1)),
            macro,
            f"{each.coverage:.3f}",
            f"{each.calibration_error:.3f}",
        )
    parts: list[RenderableType] = [Text(title, style="bold"), Text(_told(scores))]
    if table.rows:
        parts += [table, Text("ECE: expected calibration error over ten bins of equal width", style="dim")]
    for name, measure in measures.items():
        parts.append(Text(f"{measure.share:.3f}  {name} ({measure.right:,} of {measure.asked:,})"))
    return Group(*parts, Text(""))


def _told(scores: Scores) -> str:
    evidence = scores.with_evidence / scores.claims if scores.claims else 0.0
    verbatim = scores.verbatim / scores.with_evidence if scores.with_evidence else 0.0
    missing = f", {scores.missing:,} of them not coded" if scores.missing else ""
    return (
        f"{scores.reports:,} reports{missing}; {scores.claims:,} claims, {evidence:.1%} with evidence, "
        f"{verbatim:.1%} of it verbatim"
    )


def _chosen(scores: Scores, only: Sequence[str]) -> Iterator[tuple[str, FieldScore]]:
    for name, each in sorted(scores.fields.items()):
        if not only or name in only:
            yield name, each


def show_details(scores: Scores, only: Sequence[str] = ()) -> RenderableType:
    """Render, for each field, how well sure claims are right, its classes, and the worst mistakes."""
    parts: list[RenderableType] = []
    for name, each in _chosen(scores, only):
        parts += [Text(name, style="bold"), _bins(each)]
        if each.classes:
            parts.append(_classes(each.classes))
        parts.extend(_mistake(one) for one in each.confusions)
        parts.append(Text(""))
    return Group(*parts)


def _bins(each: FieldScore) -> Text:
    told = "  ".join(f"{b.confidence:.2f} is right {b.accuracy:.2f} ({b.count})" for b in each.bins)
    return Text(f"confidence in ten equal bins: {told}" if told else "nothing was said", style="dim")


def _classes(classes: Mapping[str, Tally]) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("class")
    for column in ("right", "wrong", "missed", "precision", "recall", "F1"):
        table.add_column(column, justify="right")
    ranked = sorted(classes.items(), key=lambda pair: -(pair[1].right + pair[1].missed))
    for label, tally in ranked[:_CLASSES]:
        counts = (f"{count:,}" for count in (tally.right, tally.wrong, tally.missed))
        table.add_row(label, *counts, f"{tally.precision:.3f}", f"{tally.recall:.3f}", f"{tally.f1:.3f}")
    if len(ranked) > _CLASSES:
        table.add_row(f"and {len(ranked) - _CLASSES} more")
    return table


def _mistake(confusion: Confusion) -> Text:
    want, got = confusion.want or "(nothing)", confusion.got or "(nothing)"
    line = Text(make_safe(f"{confusion.count:>4} wanted {want}, got {got}"))
    for example in confusion.examples:
        sure = f" at {example.confidence:.2f}" if example.confidence is not None else ""
        line.append(make_safe(f"\n       {example.id}{sure}: “{example.quote}”"), style="dim")
    return line


def scores_to_json(name: str, part: str, scores: Scores, only: Sequence[str] = ()) -> dict[str, Any]:
    """Return one gold set's scores as plain JSON values."""
    return {
        "set": name,
        "part": part,
        "reports": scores.reports,
        "missing": scores.missing,
        "claims": scores.claims,
        "with_evidence": scores.with_evidence,
        "verbatim": scores.verbatim,
        "fields": {field: _field_to_json(each) for field, each in _chosen(scores, only)},
    }


def _field_to_json(each: FieldScore) -> dict[str, Any]:
    return {
        "kind": "single" if each.is_single else "set",
        "asked": each.asked,
        "support": each.support,
        **_tally_to_json(each.tally),
        "macro_f1": each.macro_f1 if each.classes else None,
        "coverage": each.coverage,
        "calibration_error": each.calibration_error,
        "bins": each.bins,
        "classes": {label: _tally_to_json(tally) for label, tally in each.classes.items()},
        "confusions": each.confusions,
    }


def _tally_to_json(tally: Tally) -> dict[str, float]:
    return {
        "right": tally.right,
        "wrong": tally.wrong,
        "missed": tally.missed,
        "precision": tally.precision,
        "recall": tally.recall,
        "f1": tally.f1,
    }
