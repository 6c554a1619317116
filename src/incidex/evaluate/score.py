"""Scores of coded lines against gold, field by field, with what stands behind each number."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from incidex.evaluate.coded import CodedClaim, CodedLine
from incidex.evaluate.gold import GoldRow
from incidex.evaluate.matching import has_classes, has_one_answer, is_right, to_label
from incidex.model import Stance

#: Bins of equal width over confidences from 0 to 1, for the expected calibration error of Naeini, Cooper and
#: Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015.
BINS = 10

#: A label that the gold gives less often than this says nothing in a mean over labels.
LEAST_SUPPORT = 10

#: The mistakes that are shown, and the texts shown for each.
_WORST = 10
_EXAMPLES = 2
_QUOTED = 120

NOTHING = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Right, wrong and missed answers."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Of what was said, the share that is right."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of what was asked, the share that was said."""
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Example:
    """A text in which a mistake was made, and the words nearest to it."""

    id: str
    quote: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Confusion:
    """One kind of mistake: what was wanted, what was said instead; "" is nothing."""

    want: str
    got: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """The claims whose confidence falls into one of ten equal parts."""

    count: int
    confidence: float  # their mean
    accuracy: float  # the share of them that are right


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldScore:
    """How one field was read. A single answer is one of `asked` reports; a set is scored value by value."""

    field: str
    is_single: bool
    asked: int  # reports whose gold has a value
    answered: int  # of these, reports for which something was said
    tally: Tally
    classes: Mapping[str, Tally]
    bins: tuple[Bin, ...]
    confusions: tuple[Confusion, ...]

    @property
    def coverage(self) -> float:
        """Of the reports whose gold has a value, the share for which something was said."""
        return _share(self.answered, self.asked)

    @property
    def support(self) -> int:
        """Answers that the gold holds."""
        return self.tally.right + self.tally.missed

    @property
    def calibration_error(self) -> float:
        """The mean distance between confidence and accuracy, over the bins, weighted by their claims."""
        total = sum(each.count for each in self.bins)
        return sum(abs(each.confidence - each.accuracy) * each.count for each in self.bins) / (total or 1)

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the labels that the gold gives ten times or more."""
        held = [each for each in self.classes.values() if each.right + each.missed >= LEAST_SUPPORT]
        return sum(each.f1 for each in held) / len(held) if held else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """All that was scored of one gold set."""

    reports: int
    missing: int  # reports that were not coded at all
    claims: int
    with_evidence: int
    verbatim: int
    fields: Mapping[str, FieldScore]


def score(rows: Iterable[GoldRow], coded: Iterable[CodedLine]) -> Scores:
    """Score what was coded against the gold.

    A value counts as said when a claim asserts it, in whichever incident of the report.
    """
    by_id = {str(line.id): line for line in coded}
    books: dict[str, _Book] = {}
    reports = missing = 0
    quotes = Counter[str]()
    for row in rows:
        line = by_id.get(row.id)
        reports += 1
        missing += line is None
        said = _said(line) if line else {}
        quotes.update(_quotes(line, row.text) if line else {})
        for name, wants in row.answers.items():
            if name not in books:
                books[name] = _Book(name)
            books[name].enter(row, wants, said.get(name, ()))
    return Scores(
        reports=reports,
        missing=missing,
        claims=quotes["claims"],
        with_evidence=quotes["evidence"],
        verbatim=quotes["verbatim"],
        fields={name: made for name, book in books.items() if (made := book.close()).support},
    )


def _said(line: CodedLine) -> dict[str, list[CodedClaim]]:
    """Return the claims that assert something by field, the surest first and each value once."""
    found: dict[str, list[CodedClaim]] = defaultdict(list)
    for claim in line.claims:
        if claim.stance == Stance.ASSERTS and claim.words:
            found[claim.field].append(claim)
    return {name: _once(claims) for name, claims in found.items()}


def _once(claims: list[CodedClaim]) -> list[CodedClaim]:
    claims.sort(key=lambda claim: -(claim.confidence or 0.0))
    first: dict[str, CodedClaim] = {}
    for claim in claims:
        first.setdefault(claim.words.lower(), claim)
    return list(first.values())


def _quotes(line: CodedLine, text: str) -> Counter[str]:
    held = [claim.evidence for claim in line.claims]
    quoted = [each for each in held if each is not None]
    verbatim = [each for each in quoted if each.quote.strip() and text[each.start : each.end] == each.quote]
    return Counter(claims=len(held), evidence=len(quoted), verbatim=len(verbatim))


@dataclass
class _Book:
    """Keeps count of one field."""

    name: str
    asked: int = 0
    answered: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0
    cells: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    sure: list[tuple[float, bool]] = field(default_factory=list)
    mistakes: dict[tuple[str, str], list[Example]] = field(default_factory=lambda: defaultdict(list))

    def enter(self, row: GoldRow, wants: Sequence[str], said: Sequence[CodedClaim]) -> None:
        """Count one report."""
        self.asked += bool(wants)
        self.answered += bool(wants and said)
        is_single = has_one_answer(self.name)
        if is_single and not wants:
            return
        hits = {claim.words: self._find(row, wants, claim.words) for claim in said}
        self.sure.extend((claim.confidence or 0.0, hits[claim.words] is not None) for claim in said)
        if is_single:
            self._enter_answer(row, wants, said, hits)
        else:
            self._enter_set(row, wants, said, hits)

    def _find(self, row: GoldRow, wants: Sequence[str], got: str) -> str | None:
        return next((want for want in wants if is_right(self.name, got, want, exact=row.exact)), None)

    def _enter_answer(
        self,
        row: GoldRow,
        wants: Sequence[str],
        said: Sequence[CodedClaim],
        hits: Mapping[str, str | None],
    ) -> None:
        answer = said[0] if said else None
        if answer and (hit := hits[answer.words]) is not None:
            self._count(row, 0, hit)
            return
        self._count(row, 2, wants[0])
        if answer:
            self._count(row, 1, answer.words)
        self._note(row, wants[0], answer)

    def _enter_set(
        self,
        row: GoldRow,
        wants: Sequence[str],
        said: Sequence[CodedClaim],
        hits: Mapping[str, str | None],
    ) -> None:
        found = {want for want in hits.values() if want is not None}
        missed = [want for want in wants if want not in found]
        wrong = [claim for claim in said if hits[claim.words] is None]
        for want in found:
            self._count(row, 0, want)
        for want in missed:
            self._count(row, 2, want)
            self._note(row, want, wrong[0] if wrong else None)
        for claim in wrong:
            self._count(row, 1, claim.words)
            if not missed:
                self._note(row, NOTHING, claim)

    def _count(self, row: GoldRow, cell: int, value: str) -> None:
        self.right += cell == 0
        self.wrong += cell == 1
        self.missed += cell == 2
        self.cells[to_label(self.name, value, exact=row.exact)][cell] += 1

    def _note(self, row: GoldRow, want: str, claim: CodedClaim | None) -> None:
        pair = (
            to_label(self.name, want, exact=row.exact),
            to_label(self.name, claim.words, exact=row.exact) if claim else NOTHING,
        )
        self.mistakes[pair].append(
            Example(row.id, _quote(row.text, claim), claim.confidence if claim else None)
        )

    def close(self) -> FieldScore:
        """Return the score."""
        return FieldScore(
            field=self.name,
            is_single=has_one_answer(self.name),
            asked=self.asked,
            answered=self.answered,
            tally=Tally(self.right, self.wrong, self.missed),
            classes={label: Tally(*cells) for label, cells in sorted(self.cells.items())}
            if has_classes(self.name)
            else {},
            bins=tuple(_bins(self.sure)),
            confusions=tuple(_worst(self.mistakes)),
        )


def _quote(text: str, claim: CodedClaim | None) -> str:
    """Return the words that misled, with some around them; of a text that said nothing, how it begins."""
    if claim is None or claim.evidence is None:
        words = text[:_QUOTED]
    else:
        start = max(0, claim.evidence.start - _QUOTED // 3)
        words = text[start : start + max(_QUOTED, claim.evidence.end - start)][: 2 * _QUOTED]
    return " ".join(words.split())


def _bins(sure: Iterable[tuple[float, bool]]) -> Iterator[Bin]:
    held: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in sure:
        held[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    for _, pairs in sorted(held.items()):
        yield Bin(
            len(pairs),
            sum(confidence for confidence, _ in pairs) / len(pairs),
            sum(right for _, right in pairs) / len(pairs),
        )


def _worst(mistakes: Mapping[tuple[str, str], list[Example]]) -> Iterator[Confusion]:
    """Yield the most frequent mistakes first, and of equally frequent ones the surest."""
    ranked = sorted(
        mistakes.items(),
        key=lambda pair: (-len(pair[1]), -max(each.confidence or 0.0 for each in pair[1]), pair[0]),
    )
    for (want, got), examples in ranked[:_WORST]:
        surest = sorted(examples, key=lambda each: (-(each.confidence or 0.0), each.id))
        yield Confusion(want, got, len(examples), tuple(surest[:_EXAMPLES]))
