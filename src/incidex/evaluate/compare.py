"""What a change gained and lost: the claims of two codings of the same reports, set against each other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from incidex.evaluate.coded import CodedClaim, CodedLine, Voice
from incidex.evaluate.gold import GoldRow
from incidex.evaluate.matching import is_right

#: A reading, whoever says it and wherever it stands: field, value and stance.
Reading = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One claim that only one of the codings makes, or that the second gives to another speaker."""

    report: str
    field: str
    value: str
    stance: str
    coder: str
    quote: str
    speaker: str
    before: str = ""  # of a claim that changed hands: who had said it
    is_right: bool | None = None  # what the gold says of the value; `None` where it says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that differs, in the order of the reports and of the claims in them."""

    reports: int  # that stand in both
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    kept: int
    gained: tuple[Difference, ...]
    lost: tuple[Difference, ...]
    changed: tuple[Difference, ...]  # the same reading, given to another speaker

    @property
    def is_same(self) -> bool:
        """Say whether nothing differs."""
        return not (self.only_old or self.only_new or self.gained or self.lost or self.changed)


def compare(old: Iterable[CodedLine], new: Iterable[CodedLine], gold: Iterable[GoldRow] = ()) -> Comparison:
    """Set two codings against each other; with gold, say of each claim whether it is right."""
    before, after = ({str(line.id): line for line in lines} for lines in (old, new))
    rows = {row.id: row for row in gold}
    both = [report for report in before if report in after]
    kept = 0
    gained: list[Difference] = []
    lost: list[Difference] = []
    changed: list[Difference] = []
    for report in both:
        had, has = _readings(before[report]), _readings(after[report])
        row = rows.get(report)
        kept += len(had.keys() & has.keys())
        gained.extend(_describe(report, has[each], row) for each in has if each not in had)
        lost.extend(_describe(report, had[each], row) for each in had if each not in has)
        changed.extend(_changed(report, had, has, row))
    return Comparison(
        reports=len(both),
        only_old=tuple(report for report in before if report not in after),
        only_new=tuple(report for report in after if report not in before),
        kept=kept,
        gained=tuple(gained),
        lost=tuple(lost),
        changed=tuple(changed),
    )


def _readings(line: CodedLine) -> dict[Reading, CodedClaim]:
    """Return the claims by what was read, each as it stands first."""
    found: dict[Reading, CodedClaim] = {}
    for claim in line.claims:
        found.setdefault((claim.field, claim.words, claim.stance), claim)
    return found


def _changed(
    report: str,
    had: Mapping[Reading, CodedClaim],
    has: Mapping[Reading, CodedClaim],
    row: GoldRow | None,
) -> Iterator[Difference]:
    for reading, claim in has.items():
        if reading in had and _voice(had[reading]) != _voice(claim):
            yield _describe(report, claim, row, before=_voice(had[reading]))


def _describe(report: str, claim: CodedClaim, row: GoldRow | None, before: str = "") -> Difference:
    return Difference(
        report=report,
        field=claim.field,
        value=claim.words,
        stance=claim.stance,
        coder=claim.coder,
        quote=claim.evidence.quote if claim.evidence else "",
        speaker=_voice(claim),
        before=before,
        is_right=_judge(claim, row),
    )


def _voice(claim: CodedClaim) -> str:
    voice = claim.speaker or Voice()
    return f"{voice.name} ({voice.role})" if voice.name else ""


def _judge(claim: CodedClaim, row: GoldRow | None) -> bool | None:
    if row is None or claim.field not in row.answers or claim.stance != "asserts":
        return None
    wants = row.answers[claim.field]
    return any(is_right(claim.field, claim.words, want, exact=row.exact) for want in wants)
