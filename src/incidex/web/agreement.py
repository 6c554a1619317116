"""How far people agree with each other and with the machine, on reports that were drawn at random for it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from incidex.evaluate import Agreement, Coding, agree, to_answers
from incidex.evaluate.agreement import Answer as Said
from incidex.evaluate.sampling import Pair, Sample
from incidex.model import Answer, Change, Claim, Report, Stance, Tier, past, review
from incidex.web.words import say_label

#: Fields of prose: two people never write the same, and that says nothing.
PROSE = frozenset({"title", "summary", "description"})

FindHistory = Callable[[str], Sequence[Change]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One field, and how far two sides agree on it."""

    field: str
    label: str
    alpha: float | None
    units: int
    told: int
    distance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Two sides, and how far they agree field by field."""

    sides: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the page of agreement shows to one tier."""

    reports: int
    samples: int
    people: Table
    machine: Table
    coders: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """One report of a sample, as a tier may see what was said of it."""

    key: str
    people: tuple[Mapping[str, Said], Mapping[str, Said]]
    claims: tuple[Claim, ...]  # of programs, as they stood when the report was drawn


def machine_claims(
    history: Sequence[Change], sample: Sample, report: str, tier: Tier
) -> tuple[Report | None, tuple[Claim, ...]]:
    """Return a report and what programs had read in it when a sample was drawn, as a tier may see both.

    The report is `None` when the tier may not see it.
    """
    sheet = review(past(history, sample.serial), tier=tier)
    found = next((each for each in sheet.reports if each.id == report), None) if sheet else None
    if sheet is None or found is None:
        return None, ()
    claims = (each.claim for each in sheet.of(report))
    return found, tuple(each for each in claims if not each.is_by_person and each.field not in PROSE)


def measure(samples: Iterable[Sample], find_history: FindHistory, tier: Tier) -> Measured:
    """Return the agreement on all reports that both people have answered for and the tier may see.

    Nothing depends on what the tier may not see: hidden answers and claims are left out before anything is
    computed (law 8), and so is what only one of two has answered, which keeps the other blind.
    """
    read = [each for sample in samples for each in _read(sample, find_history, tier)]
    first: Coding = {each.key: each.people[0] for each in read}
    second: Coding = {each.key: each.people[1] for each in read}
    return Measured(
        reports=len(read),
        samples=len({each.key.partition("/")[0] for each in read}),
        people=Table(sides="one person and another", rows=_rows(agree([first, second]))),
        machine=Table(sides="people and the machine", rows=_against(read, lambda _: True)),
        coders=tuple(_coders(read)),
    )


def _read(sample: Sample, find_history: FindHistory, tier: Tier) -> Iterator[_Read]:
    for pair in sample.done:
        incident, report = pair
        found, claims = machine_claims(find_history(incident), sample, report, tier)
        if found is not None:
            one, other = (_said(sample, who, pair, tier) for who in sample.reviewers)
            yield _Read(f"{sample.id}/{incident}/{report}", (one, other), claims)


def _said(sample: Sample, reviewer: str, pair: Pair, tier: Tier) -> Mapping[str, Said]:
    answers = (each for each in sample.answers(reviewer, pair) if each.tier <= tier)
    return to_answers((each.field, each.value, 1.0) for each in answers if _asserts(each))


def _asserts(said: Answer | Claim) -> bool:
    return said.stance is Stance.ASSERTS


def _against(read: Sequence[_Read], wanted: Callable[[Claim], bool]) -> tuple[Row, ...]:
    """Compare each person with programs: the same reading of a report is set against both people's."""
    people: dict[str, Mapping[str, Said]] = {}
    programs: dict[str, Mapping[str, Said]] = {}
    spoken: set[str] = set()
    for each in read:
        claims = [claim for claim in each.claims if wanted(claim) and _asserts(claim)]
        said = to_answers((claim.field, claim.value, claim.confidence) for claim in claims)
        spoken.update(said)
        for side, answers in enumerate(each.people):
            people[f"{each.key}/{side}"] = answers
            programs[f"{each.key}/{side}"] = said
    return _rows({field: held for field, held in agree([people, programs]).items() if field in spoken})


def _coders(read: Sequence[_Read]) -> Iterator[Table]:
    for name in sorted({claim.coder for each in read for claim in each.claims}):
        yield Table(sides=name, rows=_against(read, _is_by(name)))


def _is_by(coder: str) -> Callable[[Claim], bool]:
    return lambda claim: claim.coder == coder


def _rows(found: Mapping[str, Agreement]) -> tuple[Row, ...]:
    rows = (
        Row(
            field=each.field,
            label=say_label(each.field),
            alpha=None if each.alpha is None else round(each.alpha, 3),
            units=each.units,
            told=each.told,
            distance=each.distance,
        )
        for each in found.values()
        if each.told and each.field not in PROSE
    )
    return tuple(sorted(rows, key=lambda row: row.field))
