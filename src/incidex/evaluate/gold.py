"""Gold: texts with checked answers, one JSON object a line, `{"id", "text", "gold": {field: value or list}}`.

Where a row's gold does not name a field, it is silent and the field is not scored for that row. An empty
list says that there is nothing to say.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec

from incidex.codebook import fields
from incidex.model import InputError

#: What other corpora call a field of ours.
_ALIASES = {"incident.year": "date.occurred"}

#: Annotated passages `[start, end, id]`, of which a report's set of ids is the answer.
_SPANS = {"technique.spans": "technique"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldRow:
    """One text with its answers."""

    id: str
    text: str
    answers: Mapping[str, tuple[str, ...]]  # by field; an empty tuple: the text says nothing of it
    exact: bool = False  # dates are compared to the day, where they are usually compared to the month
    raw: Mapping[str, Any] = field(default_factory=dict)  # the object that the row was made from

    def to_line(self) -> bytes:
        """Return the row as a line for the batch coder, without its answers."""
        return msgspec.json.encode({"id": self.id, "text": self.text, **_origin(self.raw)})


#: What may be known of a text besides its words; the batch coder takes it as it is.
_ORIGIN = ("published", "source", "role", "title")


def parse_gold(lines: Iterable[bytes], *, name: str) -> Iterator[GoldRow]:
    """Yield the rows of a gold file; raise `InputError` that says which line of `name` is not gold."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{name}, line {number}: this is no JSON: {error}") from error
        if not is_gold(found):
            raise InputError(f'{name}, line {number}: a gold row has "id", "text" and "gold"')
        yield _make_row(found)


def is_gold(found: object) -> bool:
    """Say whether a JSON value has the shape of a gold row."""
    return (
        isinstance(found, dict)
        and isinstance(found.get("id"), str | int)
        and isinstance(found.get("text"), str)
        and isinstance(found.get("gold"), dict)
    )


def _make_row(found: Mapping[str, Any]) -> GoldRow:
    return GoldRow(
        id=str(found["id"]),
        text=found["text"],
        answers=dict(parse_answers(found["gold"])),
        exact=bool(found.get("exact", False)),
        raw=found,
    )


def _origin(raw: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(raw[key]) for key in _ORIGIN if raw.get(key)}


def parse_answers(gold: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the fields of a row's gold, by our names, with their answers."""
    for key, value in gold.items():
        if key in _SPANS and isinstance(value, list):
            yield _SPANS[key], tuple(dict.fromkeys(str(span[2]) for span in value))
        elif (name := _ALIASES.get(key, key)) in fields() and name not in gold.keys() - {key}:
            listed = value if isinstance(value, list) else [value]
            yield name, tuple(dict.fromkeys(str(each) for each in listed if each not in (None, "")))


def hash_rows(rows: Iterable[GoldRow]) -> str:
    """Return a hash of what is asked and answered: a floor holds for these rows and no others."""
    digest = sha256()
    for row in rows:
        digest.update(msgspec.json.encode(row.raw, order="sorted") + b"\n")
    return digest.hexdigest()


def sample(rows: Iterable[GoldRow], count: int) -> list[GoldRow]:
    """Return `count` rows, or all if there are no more: always the same ones, from all over the set."""
    ordered = sorted(rows, key=lambda row: sha256(row.id.encode("utf-8", "surrogatepass")).digest())
    return ordered[:count]
