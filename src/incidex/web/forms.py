"""What a reviewer's forms say: where they stand, what each button does, and what a form is filled with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from incidex.model import Claim, Decision, Document, InputError, Report, Review
from incidex.web.answers import Visit
from incidex.web.desk import Desk, Move
from incidex.web.moves import Draft, add, correct, decide, decide_all, make_claim, person, take, undo
from incidex.web.workbench import REASONS, Card, link_bench

_OF_A_CLAIM = ("field", "value", "stance", "speaker", "role", "quote")

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reviewer is: one report of one incident, or the incident as a whole."""

    desk: Desk
    visit: Visit
    sheet: Review
    report: Report | None = None
    document: Document | None = None

    @property
    def by(self) -> str:
        """How the reviewer signs."""
        return person(self.visit.reviewer)

    @property
    def link(self) -> str:
        """The address of this place."""
        return link_bench(self.sheet.record, self.report.id if self.report else "")


def fill(report: Report, cards: list[Card], correcting: str, form: Form) -> dict[str, str]:
    """Return what stands in the claim form: what was typed, or the claim to correct, or the default."""
    names = (*_OF_A_CLAIM, "note", "start", "end", "reason")
    if form.get("do") in {"add", "correct"}:
        return {name: form.get(name, "") for name in names}
    blank = dict.fromkeys(names, "") | {
        "stance": "asserts",
        "speaker": report.source.name,
        "role": str(report.source.role),
    }
    card = next((each for each in cards if each.id == correcting), None)
    if card is None:
        return blank
    return blank | {
        name: getattr(card, name) for name in ("field", "value", "stance", "speaker", "role", "quote")
    }


def _draft(form: Form) -> Draft:
    return Draft(
        field=form.get("field", ""),
        value=form.get("value", ""),
        stance=form.get("stance", "") or "asserts",
        speaker=form.get("speaker", ""),
        role=form.get("role", ""),
        quote=form.get("quote", ""),
        start=_parse_place(form.get("start", "")),
        end=_parse_place(form.get("end", "")),
        note=form.get("note", ""),
    )


def _make_draft_claim(place: Place, form: Form) -> Claim:
    if place.report is None or place.document is None:
        raise InputError("add a claim on the page of the report that says it")
    return make_claim(_draft(form), place.report, place.document, place.by)


def find_move(place: Place, form: Form) -> Move:
    """Return what a form asks for; raise `InputError` when that is nothing, or what it says cannot be used.

    A button may carry one of the listed reasons by its number: "reject:2".
    """
    asked, _, number = form.get("do", "").partition(":")
    if asked not in MOVES:
        raise InputError(f"{asked[:40]!r} is nothing that can be done here; there are {', '.join(MOVES)}")
    if number:
        place_in_list = parse_number(number, 0)
        if not 1 <= place_in_list <= len(REASONS):
            raise InputError(f"reasons have the numbers 1 to {len(REASONS)}")
        form = {**form, "reason": REASONS[place_in_list - 1]}
    return MOVES[asked](place, form)


def _decide(decision: Decision) -> Callable[[Place, Form], Move]:
    def make(_: Place, form: Form) -> Move:
        return lambda sheet: decide(sheet, [form.get("claim", "")], decision, form.get("reason", ""))

    return make


def _decide_all(decision: Decision) -> Callable[[Place, Form], Move]:
    def make(place: Place, form: Form) -> Move:
        report = place.report.id if place.report else ""
        return lambda sheet: decide_all(sheet, decision, form.get("reason", ""), report)

    return make


def _add(place: Place, form: Form) -> Move:
    claim = _make_draft_claim(place, form)
    return lambda sheet: add(sheet, claim)


def _correct(place: Place, form: Form) -> Move:
    claim = _make_draft_claim(place, form)
    return lambda sheet: correct(sheet, form.get("claim", ""), claim, form.get("reason", ""))


#: What a form can do, by the value of its button.
MOVES: Mapping[str, Callable[[Place, Form], Move]] = MappingProxyType(
    {
        "accept": _decide(Decision.ACCEPTED),
        "reject": _decide(Decision.REJECTED),
        "look": _decide(Decision.SECOND_LOOK),
        "accept-all": _decide_all(Decision.ACCEPTED),
        "reject-all": _decide_all(Decision.REJECTED),
        "look-all": _decide_all(Decision.SECOND_LOOK),
        "add": _add,
        "correct": _correct,
        "take": lambda place, _: lambda sheet: take(sheet, place.by),
        "undo": lambda place, _: lambda sheet: undo(sheet, place.by),
    }
)
ASKED: Mapping[str, str] = MappingProxyType(
    {
        "accept": "accept",
        "reject": "reject",
        "look": "ask for a second look at",
        "accept-all": "accept all that waits",
        "reject-all": "reject all that waits",
        "look-all": "ask for a second look at all that waits",
        "add": "add a claim",
        "correct": "correct",
        "take": "take up the review, or let go of it",
        "undo": "take back your last step",
    }
)


def parse_number(text: str, default: int) -> int:
    """Return a number from a form or an address, or the default for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def _parse_place(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
