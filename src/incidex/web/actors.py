"""An actor's page: what it is called and by whom, what is held of it, and what it is said to have done."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from incidex.codebook import Term, get_vocabulary
from incidex.coding.known import load_known
from incidex.model import Claim, Incident, Stance
from incidex.search import say_title
from incidex.web.lines import IncidentTwin, make_twin
from incidex.web.record import link_report
from incidex.web.slugs import find_actor_by_id, name_actor
from incidex.web.views import View
from incidex.web.words import say_value

GALAXY, ATTACK = "MISP galaxy", "ATT&CK"

#: Voices on a page; the incidents have all of them.
MOST_VOICES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name, and who uses it."""

    name: str
    said_by: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Something that is held to be so of an actor in general, and by whom."""

    label: str
    value: str
    said_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorTwin:
    """An actor, as JSON."""

    id: str
    name: str
    is_known: bool  # whether it stands in the codebook, or only in reports
    attack: Sequence[str]  # the ids that ATT&CK gives the group
    aliases: Sequence[Alias]
    held: Sequence[Held]
    incidents: Sequence[IncidentTwin]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who names an actor or a technique, in which words."""

    incident: str
    link: str
    title: str
    speaker: str
    role: str
    stance: str
    quote: str


@dataclass(frozen=True, slots=True)
class Actor:
    """What the page of an actor is made of."""

    twin: ActorTwin
    incidents: Sequence[Incident]
    voices: Sequence[Voice]


def make_actor(view: View, id: str) -> Actor | None:  # noqa: A002
    """Return the actor of an id or an alias; `None` when no list and no incident knows it."""
    term = find_actor_by_id(id)
    name = name_actor(term.label) if term else id
    entry = view.actors.get(name)
    if entry is None and term is None:
        return None
    incidents = list(entry.incidents.values()) if entry else []
    label = term.label if term else entry.name if entry else id
    spellings = [each for each in entry.spellings if each != label] if entry else []
    twin = ActorTwin(
        id=name,
        name=label,
        is_known=term is not None,
        attack=term.each("attack") if term else (),
        aliases=list(_aliases(term, spellings)),
        held=list(_held(term)) if term else [],
        incidents=[make_twin(each) for each in incidents],
    )
    return Actor(
        twin, incidents, list(voices(incidents, "actor.name", lambda each: name_actor(each) == name))
    )


def voices(incidents: Iterable[Incident], field: str, wanted: Callable[[str], bool]) -> Iterator[Voice]:
    """Yield who speaks of a value and how, the first few, each speaker once an incident."""
    count = 0
    for incident in incidents:
        heard: set[tuple[str, Stance]] = set()
        for claim in _claims(incident, field, wanted):
            key = (claim.speaker.name, claim.stance)
            if key in heard or claim.evidence is None or claim.evidence.is_removed:
                continue
            if (count := count + 1) > MOST_VOICES:
                return
            heard.add(key)
            yield Voice(
                incident=incident.id,
                link=link_report(claim.report, incident.id, claim.id),
                title=say_title(incident),
                speaker=claim.speaker.name,
                role=str(claim.speaker.role),
                stance=str(claim.stance),
                quote=f"{claim.evidence.prefix}{claim.evidence.quote}{claim.evidence.suffix}",
            )


def _claims(incident: Incident, field: str, wanted: Callable[[str], bool]) -> Iterator[Claim]:
    for group in (incident.values, incident.denied):
        for value in group.get(field, ()):
            if wanted(value.value):
                yield from value.claims


def _aliases(term: Term | None, spellings: Iterable[str]) -> Iterator[Alias]:
    """Yield other names with those who use them: lists by name, and the reports of incidents here."""
    said: dict[str, list[str]] = {}
    if term is not None:
        groups = get_vocabulary("group")
        named = [(alias, GALAXY) for alias in term.aliases]
        named += [(alias, ATTACK) for group in term.each("attack") for alias in groups[group].names]
        for alias, by in named:
            if alias.casefold() != term.label.casefold() and by not in said.get(alias, ()):
                said.setdefault(alias, []).append(by)
    for spelling in spellings:
        said.setdefault(spelling, []).append("reports of incidents here")
    for name in sorted(said, key=str.casefold):
        yield Alias(name=name, said_by=said[name])


def _held(term: Term) -> Iterator[Held]:
    """Yield what lists hold of an actor in general: of a single incident it says nothing."""
    known = load_known().get(term.id)
    if known is not None:
        yield Held(
            label="Type", value=say_value("actor.variety", known.variety), said_by=_say_by(known.said_by)
        )
        motives = ", ".join(say_value("actor.motive", each) for each in known.motives)
        yield Held(label="Usual motive", value=motives, said_by=_say_by(known.said_by))
    if country := term.extra.get("country", ""):
        yield Held(label="Location", value=say_value("actor.country", country), said_by=GALAXY)
    if sponsor := term.extra.get("sponsor", ""):
        yield Held(label="Suspected sponsor", value=sponsor, said_by=GALAXY)


def _say_by(said_by: str) -> str:
    return "Incidex’s own reading" if said_by == "own reading" else said_by
