"""What is known of named actors: which kind each is, and what it usually wants.

The name is the evidence, and the why says who holds it to be so; whether it was that actor this time is for
the report to say.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from incidex.coding.base import Prepared, Reading
from incidex.coding.cues import read_rows
from incidex.coding.names import read_actor_names, read_crews


class Known(NamedTuple):
    """The kind of an actor and its usual motives, in VERIS terms, and who says so."""

    variety: str
    motives: tuple[str, ...]
    said_by: str


#: Those who run a ransomware under its name.
_CREW = Known("Organized crime", ("Financial",), "they extort for ransom")


@cache
def load_known() -> Mapping[str, Known]:
    """Return what is known, by the canonical name of the actor."""
    return {
        name: Known(variety, tuple(motives.split("|")), said_by)
        for name, variety, motives, said_by in read_rows("known")
    }


def read_known(prepared: Prepared) -> Iterator[Reading]:
    """Read `actor.variety` and `actor.motive` off the names of known actors."""
    known = load_known()
    for named in prepared.once(read_actor_names):
        if named.value in known:
            yield from _tell(named, known[named.value])
    for named in prepared.once(read_crews):
        yield from _tell(named, known.get(named.value, _CREW))


def _tell(named: Reading, known: Known) -> Iterator[Reading]:
    why = f"{named.why}; {known.said_by}"
    yield named._replace(field="actor.variety", value=known.variety, why=why)
    for motive in known.motives:
        yield named._replace(field="actor.motive", value=motive, why=why)
