"""Two databases that differ only in what a tier may not see: real logs, real search, one set of members."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from incidex.codebook import policy
from incidex.model import (
    Assigned,
    Body,
    Change,
    Claim,
    Claimed,
    Decided,
    Decision,
    Document,
    Evidence,
    Failed,
    Judged,
    Judgement,
    Linked,
    Moved,
    Received,
    Report,
    Retracted,
    Role,
    Source,
    Span,
    Speaker,
    Stance,
    Tier,
    Withheld,
)
from incidex.store import SqliteLog

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)

#: Fields of which the public is told how many values it does not see; all other hidden cells are silent.
COUNTED = tuple(name for name, each in policy().items() if each.withheld is Withheld.COUNT)


@dataclass
class Story:
    """A history in the making: visible steps, and hidden ones where they are wanted."""

    hidden: str  # "": the history without them; else what makes them differ from another story's
    tier: Tier  # of what is hidden
    is_work_hidden: bool  # how a review goes is for the team to see, whatever the tier of its claims
    is_counted: bool  # whether some of it is on fields of which others are told how many values they miss

    def __post_init__(self) -> None:
        self._steps: list[tuple[str, Body, str, datetime]] = []
        self._clock = AT

    def add(self, record: str, *bodies: Body, by: str = "rules@1") -> None:
        """Add what everyone sees; only this moves the clock."""
        self._clock += timedelta(hours=1)
        self._steps += [(record, body, by, self._clock) for body in bodies]

    def hide(self, record: str, *bodies: Body, by: str = "person:eve", later: int = 600) -> None:
        """Add what is hidden, if it is wanted, with a clock that went wrong."""
        if self.hidden:
            at = self._clock + timedelta(seconds=later)
            self._steps += [(record, body, by, at) for body in bodies]

    def changes(self) -> Iterator[Change]:
        """Yield the steps as changes, numbered record by record."""
        versions: dict[str, int] = {}
        for record, body, by, at in self._steps:
            versions[record] = versions.get(record, 0) + 1
            yield Change(record=record, version=versions[record], body=body, by=by, at=at)


def make_report(
    text: str, name: str, tier: Tier = Tier.CLEAR, role: Role = Role.PRESS
) -> tuple[Report, Document]:
    report = Report(
        sha256=sha256(text.encode()).hexdigest(),
        source=Source(name=name, role=role),
        title=f"{name} on it",
        url=f"https://example.org/{sha256(name.encode()).hexdigest()[:6]}",
        published="2026-02-27",
        tier=tier,
    )
    return report, Document(report=report.id, text=text)


def make_claim(
    report: Report, text: str, field: str, value: str, words: str, stance: Stance = Stance.ASSERTS
) -> Claim:
    start = text.index(words)
    return Claim(
        report=report.id,
        field=field,
        value=value,
        speaker=Speaker(report.source.name, report.source.role),
        coder="rules@1",
        stance=stance,
        tier=max(report.tier, policy()[field].tier),
        evidence=Evidence.of(text, Span(start, start + len(words))),
        why="it says so",
    )


OPEN_TEXT = (
    "{name} lost passwords in March 2025. The shop in Germany was hacked with phishing. It was about money, "
    "says {name}; the Grey Fox did it with T1566. Customers were told."
)
SECRET_TEXT = (
    "The {secret} affair: {name} lost {secret} records of children, says a person in {secret}. Money."
)


def make_incident(story: Story, name: str) -> tuple[str, Report, Claim]:
    """Add a record that everyone sees, of every kind of field."""
    text = OPEN_TEXT.format(name=name)
    report, document = make_report(text, f"{name} Ltd", role=Role.VICTIM)
    record = f"inc-{name.lower()}"
    rows = [
        ("victim.name", name, name),
        ("victim.country", "DE", "Germany"),
        ("date.occurred", "2025-03", "March 2025"),
        ("data.class", "Passwords", "passwords"),
        ("action", "hacking", "hacked"),
        ("response", "users notified", "Customers were told"),
    ]
    claims = [make_claim(report, text, field, value, words) for field, value, words in rows]
    story.add(report.id, Received(report, document))
    story.add(record, Linked(report, "new"), Claimed(tuple(claims)))
    return record, report, claims[3]


def make_story(
    hidden: str, tier: Tier, *, is_work_hidden: bool = True, is_counted: bool = True
) -> list[Change]:
    """Return a whole history. With the same `tier`, stories differ in nothing that a lower one may see."""
    story = Story(hidden, tier, is_work_hidden, is_counted)
    _hide_an_incident(story, "first")  # before anything can be seen
    _hide_a_report(story, "inc-crane", "Before Crane")  # the last to be seen is the first to be there
    records = []
    for name in ("Acme", "Bolt", "Crane"):
        if name == "Bolt":  # what is hidden of it comes before what is seen
            _hide_a_report(story, "inc-bolt", "Bolt")
        records.append(make_incident(story, name))
        _hide_an_incident(story, f"after {name}")
    (acme, _, acme_class), (bolt, _, _), (crane, crane_report, crane_class) = records
    secret = _hide_a_report(story, acme, "Acme")
    story.hide(acme, *(_work(acme_class) if is_work_hidden else ()), later=-7_200)
    story.add(acme, Decided(acme_class.id, Decision.ACCEPTED, "read it"), by="person:ana")
    story.hide(acme, Judged("inc-secret-first", Judgement.SAME, f"one {hidden} case"))
    story.hide("inc-secret-first", Judged(acme, Judgement.SAME, f"one {hidden} case"))
    _hide_a_report(story, crane, "Crane")
    story.add(crane, Retracted(crane_class.id, "it was somebody else's"), by="person:ana")
    story.hide(acme, Moved(secret, bolt, f"it is about {hidden}"))
    story.hide(crane_report.id, Failed(f"{hidden}.pdf", "read", f"{hidden} is encrypted"))
    story.add(acme, Judged(crane, Judgement.PART_OF, "one campaign"), by="person:ana")
    story.add(crane, Judged(acme, Judgement.HAS_PART, "one campaign"), by="person:ana")
    return list(story.changes())


def _work(claim: Claim) -> Sequence[Body]:
    return (
        Assigned("person:eve", "mine"),
        Decided(claim.id, Decision.SECOND_LOOK, "odd"),
        Assigned("", "not mine"),
    )


def _hide_a_report(story: Story, record: str, name: str) -> str:
    text = SECRET_TEXT.format(name=name, secret=story.hidden or "no")
    report, document = make_report(text, f"The {story.hidden} Post", story.tier)
    story.hide(report.id, Received(report, document))
    story.hide(record, Linked(report, "the same names"), Claimed(tuple(_secrets(report, text, story))))
    return report.id


def _secrets(report: Report, text: str, story: Story) -> Iterator[Claim]:
    """Yield hidden claims: on fields that are silent, and on those that are counted if that is wanted."""
    secret = story.hidden or "no"
    rows = [
        ("victim.name", f"{secret} Holding", secret),
        ("data.class", "Names", "records"),
        ("impact", "availability", "lost"),
        ("malware", secret, secret),
        ("location.country", "FR", "in"),
    ]
    counted = {
        "actor.name": f"{secret} gang",
        "actor.motive": "Grudge" if secret == "quokka" else "Espionage",
        "technique": "T1566" if secret == "quokka" else "T1190",
        "indicator": f"domain:{secret}.example",
    }
    rows += [(field, counted[field], secret) for field in COUNTED if story.is_counted]
    for field, value, words in rows:
        yield replace(make_claim(report, text, field, value, words), tier=story.tier)


def _hide_an_incident(story: Story, when: str) -> None:
    text = f"{story.hidden} {when}: nobody may know that {story.hidden} was struck."
    report, document = make_report(text, f"{story.hidden} source", story.tier)
    record = f"inc-secret-{when.replace(' ', '-')}"
    claim = make_claim(report, text, "victim.name", f"{story.hidden} {when}", story.hidden or "nobody")
    story.hide(report.id, Received(report, document))
    story.hide(record, Linked(report, "new"), Claimed((claim,)), by="rules@1")


def open_log(path: Path, changes: Sequence[Change]) -> SqliteLog:
    """Return a log that holds these changes, written one batch a record's step as a site would."""
    log = SqliteLog(path)
    log.append(changes)
    return log
