"""Regulators' forms as drafts: what a record answers, which claims that rests on, and what is missing. Pure.

The questions are ours, in our own words, and the numbers are those of the texts that they name
(data/forms.tsv, data/form-items.tsv). A draft is no filing and no legal advice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from incidex.codebook import get_field
from incidex.model import REMOVED, Claim, Incident, Status, Value

NOTICE = (
    "This is a draft that a program made from a record of claims. It is no filing and no legal advice: what "
    "has to be reported, to whom and when is for you and your counsel to decide."
)

#: Claims of one value that a page shows, and characters of a quotation.
_CLAIMS, _QUOTE = 3, 300


class Answers(StrEnum):
    """How far a record can answer a question."""

    YES = "yes"  # the fields are what is asked
    BEARS = "bears on"  # the fields have to do with it, and the answer is a person's
    NO = "no"  # no record holds it


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a form."""

    number: str  # in the form's own text, or ours where it has none
    question: str
    fields: tuple[str, ...]
    answers: Answers
    needed: str  # "yes", or when
    basis: str  # article, item or annex


@dataclass(frozen=True, slots=True)
class Form:
    """A form: whom it is for, when it is due, what it rests on, and its questions."""

    name: str
    title: str
    to: str
    due: str
    law: str
    items: tuple[Item, ...]


@cache
def forms() -> Mapping[str, Form]:
    """Return the forms by name, read once."""
    items: dict[str, list[Item]] = {}
    for form, number, question, fields, answers, needed, basis in _rows("form-items.tsv"):
        held = tuple(get_field(name).name for name in fields.split())
        items.setdefault(form, []).append(Item(number, question, held, Answers(answers), needed, basis))
    return {
        name: Form(name, title, to, due, law, tuple(items[name]))
        for name, title, to, due, law in _rows("forms.tsv")
    }


def _rows(name: str) -> Iterator[list[str]]:
    lines = (Path(__file__).parent / "data" / name).read_text("utf-8").splitlines()
    yield from (line.split("\t") for line in lines[1:])


def to_form(incident: Incident, form: Form) -> dict[str, Any]:
    """Return the draft as plain JSON values.

    Shape: `form`, `title`, `to`, `due`, `law`, `notice`, `record`, `version`, `tier`, and `items`, each with
    `number`, `question`, `needed`, `basis`, `state` (answered, partly, missing), `absent` (the fields that
    the record lacks) and `values`: `field`, `value`, `status` and `claims` with their ids, speakers,
    stances, reports and quotations.
    """
    return {
        "form": form.name,
        "title": form.title,
        "to": form.to,
        "due": form.due,
        "law": form.law,
        "notice": NOTICE,
        "record": incident.id,
        "version": incident.version,
        "tier": incident.tier.name,
        "items": [_to_item(incident, item) for item in form.items],
    }


def _to_item(incident: Incident, item: Item) -> dict[str, Any]:
    held = [(field, value) for field in item.fields for value in _values(incident, field)]
    absent = [field for field in item.fields if not _values(incident, field)]
    is_whole = item.answers is Answers.YES and not absent
    state = "missing" if not held else "answered" if is_whole else "partly"
    return {
        "number": item.number,
        "question": item.question,
        "needed": item.needed,
        "basis": item.basis,
        "state": state,
        "absent": absent,
        "values": [_to_value(incident, field, value) for field, value in held],
    }


def _values(incident: Incident, field: str) -> Sequence[Value]:
    return [value for value in incident.values.get(field, ()) if value.status is not Status.RETRACTED]


def _to_value(incident: Incident, field: str, value: Value) -> dict[str, Any]:
    titles = {report.id: report for report in incident.reports}
    return {
        "field": field,
        "value": value.value,
        "status": str(value.status),
        "claims": [
            {
                "id": claim.id,
                "speaker": claim.speaker.name,
                "role": str(claim.speaker.role),
                "stance": str(claim.stance),
                "report": claim.report,
                "source": titles[claim.report].source.name if claim.report in titles else "",
                "published": titles[claim.report].published if claim.report in titles else "",
                "quote": _quote(claim),
            }
            for claim in value.claims
        ],
    }


def _quote(claim: Claim) -> str | None:
    return claim.evidence.quote if claim.evidence and not claim.evidence.is_removed else None


def write_form(draft: Mapping[str, Any]) -> str:
    """Return a draft as Markdown. Nothing of a record is taken for markup."""
    counts = {state: sum(item["state"] == state for item in draft["items"]) for state in _STATES}
    lines = [
        f"# Draft: {draft['title']}",
        "",
        f"> {draft['notice']}",
        "",
        f"* Record: {draft['record']}, version {draft['version']}, as {draft['tier']} readers see it",
        f"* To: {draft['to']}",
        f"* Due: {draft['due']}",
        f"* Rests on: {draft['law']}",
        "* " + ", ".join(f"{counts[state]} {words}" for state, words in _STATES.items()),
    ]
    for item in draft["items"]:
        lines += ["", f"## {item['number']}. {item['question']}", "", *_write_item(item)]
    return "\n".join(lines) + "\n"


#: The states of an item, and how the head of a draft counts them.
_STATES = {"answered": "answered", "partly": "to be completed", "missing": "missing"}


def _write_item(item: Mapping[str, Any]) -> Iterator[str]:
    yield f"*{item['basis']}; needed: {item['needed']}*"
    yield ""
    if item["state"] == "missing":
        asked = f" The record would hold it under {', '.join(item['absent'])}." if item["absent"] else ""
        yield f"**MISSING.**{asked}"
        return
    if item["state"] == "partly":
        absent = f" It has nothing of {', '.join(item['absent'])}." if item["absent"] else ""
        yield f"**TO BE COMPLETED BY YOU.**{absent} What the record says that bears on it:"
        yield ""
    for value in item["values"]:
        yield f"* {value['field']}: {_plain(value['value'])} ({value['status']})"
        for claim in value["claims"][:_CLAIMS]:
            words = f": “{_plain(claim['quote'])}”" if claim["quote"] else ", without a quotation"
            told = f"{_plain(claim['speaker'])} ({claim['role']}) {claim['stance']}"
            where = ", ".join(filter(None, (_plain(claim["source"]), claim["published"], claim["id"])))
            yield f"  * {told}{words} [{where}]"
        if len(value["claims"]) > _CLAIMS:
            yield f"  * and {len(value['claims']) - _CLAIMS} more"


def _plain(text: str) -> str:
    """Return text on one line in which Markdown finds no markup and HTML no tag."""
    flat = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    short = flat if len(flat) <= _QUOTE else flat[: _QUOTE - 1] + "…"
    return re.sub(r"([\\`*_\[\]<>#|~!&])", r"\\\1", short.replace(REMOVED, "█"))
