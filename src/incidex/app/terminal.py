"""What Incidex prints: records, reports with their evidence underlined, lists. No decision is made here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from incidex.codebook import Field, Term, fields, get_field
from incidex.model import Claim, Document, Incident, Removal, Report, Stance, Status, Tie, Value

#: A status is told by its word; the colour only helps to find it.
STYLES: Mapping[Status, str] = {
    Status.CONFIRMED: "green",
    Status.REPORTED: "cyan",
    Status.CLAIMED: "yellow",
    Status.DISPUTED: "bold magenta",
    Status.RETRACTED: "dim strike",
}

_VERBS = {Stance.ASSERTS: "says", Stance.DENIES: "denies", Stance.DOUBTS: "doubts"}


def make_console(*, stderr: bool = False) -> Console:
    """Return a console that honours NO_COLOR and a pipe."""
    return Console(stderr=stderr, highlight=False, soft_wrap=False)


@contextmanager
def progress(what: str, total: int | None, *, console: Console) -> Iterator["Step"]:
    """Show a bar on standard error while something long goes on; nothing where nobody watches."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield Step(bar, bar.add_task(what, total=total))


class Step:
    """Moves a progress bar on."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar, self._task = bar, task

    def __call__(self, count: int = 1) -> None:
        """Count one more thing done, or several."""
        self._bar.advance(self._task, count)


def underline(document: Document, claims: Iterable[Claim]) -> Text:
    """Return the document's text with every quotation underlined."""
    text = Text(make_safe(document.text))
    for claim in claims:
        if claim.evidence:
            style = "underline red" if claim.stance is Stance.DENIES else "underline bold"
            text.stylize(style, claim.evidence.span.start, claim.evidence.span.end)
    return text


def show_coded(
    document: Document, incidents: Sequence[Incident], notes: Sequence[str] = (), *, name: str
) -> RenderableType:
    """Render one coded report: its text with the evidence underlined, then the records."""
    claims = [claim for incident in incidents for claim in incident.claims]
    parts: list[RenderableType] = [
        Panel(underline(document, claims), title=escape(_flat(name)), title_align="left")
    ]
    parts.extend(Text(_flat(f"note: {note}"), style="dim") for note in notes)
    if not incidents:
        parts.append(Text("No incident is told of in this report.", style="bold"))
    parts.extend(show_incident(incident) for incident in incidents)
    return Group(*parts)


def show_incident(incident: Incident, *, quotes: int = 3) -> RenderableType:
    """Render a record: each value with its status, who says so, and in which words."""
    parts: list[RenderableType] = [
        Text(_flat(headline(incident)), style="bold"),
        Text(incident.id, style="dim"),
    ]
    for name in fields():
        values = incident.values.get(name, ())
        if values:
            parts.append(_field(name, values, quotes))
        elif name in incident.withheld:
            parts.append(
                Text(f"{get_field(name).label}: {_withheld(incident.withheld[name])}", style="italic dim")
            )
    if incident.denied:
        parts.append(Text("\nSaid not to be so", style="bold"))
        parts.extend(_field(name, values, quotes) for name, values in incident.denied.items())
    if incident.reports:
        parts.append(Text("\nReports", style="bold"))
        for report in incident.reports:
            parts.append(Text(f"  {_report(report)}"))
            if removal := incident.removed.get(report.id):
                parts.append(Text(f"    {_removal(removal)}", style="italic"))
    if incident.circular:
        told = " ".join(incident.circular)
        parts.append(
            Text(_flat(f"\nIts sources only quote each other or other databases. {told}"), style="bold")
        )
    if incident.ties:
        parts.append(Text("\nOther incidents", style="bold"))
        parts.extend(Text(f"  {_tie(tie)}") for tie in incident.ties)
    return Group(*parts, Text(""))


def headline(incident: Incident) -> str:
    """Return the title of a record."""
    return incident.best("title") or f"Cyber Incident Victim: {incident.best('victim.name', 'unknown')}"


def _withheld(count: int | None) -> str:
    return "available to members" if count is None else f"{count} withheld"


def _field(name: str, values: Sequence[Value], quotes: int) -> RenderableType:
    parts: list[RenderableType] = [Text(f"{get_field(name).label} ({name})", style="bold")]
    for value in values:
        line = Text("  ")
        line.append(_flat(value.value))
        if name_of := _label(name, value.value):
            line.append(f" ({name_of})", style="dim")
        line.append(f"  [{value.status}]", style=STYLES[value.status])
        line.append(f"  {value.confidence:.2f}" if value.asserting else "", style="dim")
        parts.append(line)
        if value.status is Status.DISPUTED:
            parts.append(_sides(value, quotes))
        else:
            parts.extend(_claims(value.claims, quotes))
    return Group(*parts)


def _label(name: str, value: str) -> str:
    from incidex.codebook import get_vocabulary

    vocabulary = get_field(name).vocabulary
    term = get_vocabulary(vocabulary).get(value) if vocabulary else None
    return term.label if term is not None and term.label != value else ""


def _claims(claims: Sequence[Claim], quotes: int) -> list[RenderableType]:
    shown: list[RenderableType] = [Padding(_claim(claim), (0, 0, 0, 6)) for claim in claims[:quotes]]
    if len(claims) > quotes:
        shown.append(Text(f"      and {len(claims) - quotes} more", style="dim"))
    return shown


def _sides(value: Value, quotes: int) -> RenderableType:
    """Set both sides of a dispute beside each other, at the same width."""
    table = Table(box=None, padding=(0, 1, 0, 5), show_header=True, expand=True)
    for side in ("says so", "denies it"):
        table.add_column(side, ratio=1, header_style="italic")
    table.add_row(
        Group(*(_claim(claim) for claim in value.asserting[:quotes])),
        Group(*(_claim(claim) for claim in value.denying[:quotes])),
    )
    return table


def _claim(claim: Claim) -> Text:
    line = Text()
    line.append(f"{_flat(claim.speaker.name)} ({claim.speaker.role}) {_VERBS[claim.stance]}: ", style="dim")
    if claim.evidence and claim.evidence.is_removed:
        line.append("the words were removed; the list of reports says why", style="italic")
    elif claim.evidence:
        line.append("…" + _flat(claim.evidence.prefix), style="dim")
        line.append(_flat(claim.evidence.quote), style="underline")
        line.append(_flat(claim.evidence.suffix) + "…", style="dim")
    else:
        line.append(f"no quotation: {claim.no_evidence}", style="italic")
    return line


#: Characters that could steer the terminal or turn a line round: controls and directional overrides.
_UNSAFE = dict.fromkeys((*range(32), *range(127, 160), *range(8234, 8239), *range(8294, 8298)), "�")
_KEPT = {code: sign for code, sign in _UNSAFE.items() if code not in (9, 10)}


def make_safe(text: str) -> str:
    """Return the text, as long as before, with nothing in it that a terminal would obey."""
    return text.translate(_KEPT)


def _flat(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ").translate(_UNSAFE)


def _report(report: Report) -> str:
    words = [report.published or "undated", report.source.name]
    words += [report.register] if report.register else []
    words += [f"“{report.title}”"] if report.title else []
    return _flat(", ".join(words)) + f"  {report.id}"


def _tie(tie: Tie) -> str:
    return _flat(f"{tie.other} {tie.judgement.said}: {tie.why} ({tie.by}, {tie.at:%Y-%m-%d})")


def _removal(removal: Removal) -> str:
    what = "its quotations were" if removal.quotes_only else "its words were"
    return _flat(f"{what} removed on {removal.at:%Y-%m-%d} by {removal.by}: {removal.reason}")


def show_codebook(held: Mapping[str, Field]) -> RenderableType:
    """Render the list of fields."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("field", "kind", "many", "tier", "label"):
        table.add_column(column, header_style="bold", overflow="fold")
    for field in held.values():
        many = "many" if field.many else "one"
        table.add_row(field.name, field.vocabulary or field.kind, many, field.tier.name.lower(), field.label)
    return table


def show_field(field: Field, terms: Mapping[str, Term]) -> RenderableType:
    """Render one field with its definition, mapping and allowed values."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    table.add_row("kind", f"{field.vocabulary or field.kind}, {'many' if field.many else 'one'} an incident")
    table.add_row("tier", f"{field.tier.name.lower()} (those below are told: {field.withheld})")
    table.add_row("confirmed by", ", ".join(sorted(field.confirmed_by)) or "nobody alone")
    for standard, place in field.mapping.items():
        table.add_row(standard, place)
    parts: list[RenderableType] = [
        Text(f"{field.label} ({field.name})", style="bold"),
        Text(field.definition),
        Text(""),
        table,
    ]
    if terms:
        parts += [Text("\nvalues", style="bold"), show_terms(terms)]
    return Group(*parts)


def show_terms(terms: Mapping[str, Term]) -> RenderableType:
    """Render a vocabulary."""
    return Group(
        *(
            Text(f"  {term.id}" + (f"  {term.label}" if term.label != term.id else ""))
            for term in terms.values()
        )
    )
