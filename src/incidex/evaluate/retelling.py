"""Tell an incident anew from checked facts, in other words: to measure what links accounts of it.

Each telling chooses its own register, order, names, precision of dates and numbers, leaves things out and
misspells, all by a seed. It is never made from the words of the first account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from incidex.linking import fold_name, initials


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """The checked facts of one incident, as far as they are known."""

    victim: str
    year: int
    month: int = 0
    day: int = 0
    country: str = ""
    actions: tuple[str, ...] = ()  # VERIS families
    actor: str = ""  # external, internal or partner
    data: tuple[str, ...] = ()  # VERIS data varieties
    records: int | None = None
    sector: str = ""  # two digits of NAICS


@dataclass(frozen=True, slots=True)
class Telling:
    """A text and when it was published (EDTF, "" when unknown)."""

    text: str
    published: str


_HOW: Mapping[str, tuple[str, ...]] = {
    "hacking": (
        "intruders broke into {its} network",
        "hackers gained access to {its} systems",
        "an attacker exploited a flaw in {its} website",
        "someone without authority got into one of {its} servers",
        "{its} servers were hacked",
    ),
    "malware": (
        "malicious software was found on {its} computers",
        "{its} machines were infected with malware",
        "a virus spread through {its} network",
        "ransomware locked {its} files",
    ),
    "error": (
        "a mistake left information open to strangers",
        "information was sent to the wrong people by accident",
        "files were published by mistake",
        "papers were mailed to the wrong addresses",
        "an error exposed files",
    ),
    "misuse": (
        "an employee looked at records without any reason to",
        "a worker misused access to {its} systems",
        "a member of staff took information for private ends",
        "an insider snooped in files",
    ),
    "physical": (
        "a laptop was stolen from {its} premises",
        "thieves took computers from an office",
        "equipment with information on it was stolen",
        "documents were stolen in a burglary",
    ),
    "social": (
        "an employee was tricked by a phishing message",
        "staff answered a fraudulent e-mail",
        "a caller talked an employee into giving access",
    ),
    "environmental": ("a flood damaged {its} records",),
}
_DATA: Mapping[str, tuple[str, ...]] = {
    "Personal": ("names and addresses", "personal information", "names and dates of birth"),
    "Medical": ("medical records", "health information", "patient data"),
    "Payment": ("payment card numbers", "credit card data"),
    "Credentials": ("user names and passwords", "passwords", "login details"),
    "Bank": ("bank account numbers", "bank details"),
    "Internal": ("internal documents", "company files"),
    "Secrets": ("trade secrets", "confidential plans"),
    "Classified": ("classified documents", "secret government files"),
    "System": ("system configurations", "technical details of its systems"),
    "Source code": ("source code",),
}
_OPENINGS = (
    "{Victim} has disclosed a security incident",
    "{Victim} says that it suffered a data breach",
    "There was an incident at {victim}",
    "{Victim} was the victim of a security incident",
    "{Victim} has told those affected about an incident",
    "Data held by {victim} has been put at risk",
    "A breach at {victim} has come to light",
    "Notice of a data incident: {victim}",
)
_WHENS = (
    "It happened {when}.",
    "The incident took place {when}.",
    "{When}, it all began.",
    "It dates from {when}.",
)
_HOWS = ("According to a statement, {how}.", "{How}.", "What happened: {how}.", "It is said that {how}.")
_COUNTS = (
    "{Count} people are affected.",
    "The records of {count} people were involved.",
    "It concerns {count} individuals.",
    "Letters went to {count} people.",
)
_WHATS = ("The data includes {data}.", "Exposed were {data}.", "Among what was affected: {data}.")
_ENDINGS = (
    "An investigation is under way.",
    "Those affected are being told.",
    "The authorities have been informed.",
    "Steps were taken so that it does not happen again.",
    "No further details were given.",
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def tell(happening: Happening, seed: int | str) -> Telling:
    """Tell what happened; the same seed tells it the same."""
    chance = Random(f"tell {seed}")
    name = _other_name(happening.victim, chance)
    parts = [chance.choice(_OPENINGS).format(victim=name, Victim=name) + "."]
    told_on = published(happening, chance)
    rest = [
        text
        for text, kept in (
            (_when(happening, chance), 0.75 if told_on else 1.0),  # nobody could place it without either
            (_how(happening, chance), 0.9),
            (_count(happening, chance), 0.75),
            (_what(happening, chance), 0.7),
        )
        if text and chance.random() < kept
    ]
    chance.shuffle(rest)
    parts += [*rest, chance.choice(_ENDINGS)]
    return Telling(" ".join(parts), told_on)


def published(happening: Happening, chance: Random) -> str:
    """Return when somebody might have told of it: mostly soon, sometimes long after, seldom unknown."""
    if chance.random() < 0.15:
        return ""
    if not happening.month:
        return str(happening.year)
    on = date(happening.year, happening.month, min(happening.day or 15, 28))
    late = chance.random() < 0.25  # courts, regulators and reviews tell of it long after
    on += timedelta(days=chance.randint(90, 500) if late else int(chance.expovariate(1 / 30)) % 120)
    return on.isoformat() if chance.random() < 0.8 else on.isoformat()[:7]


def _other_name(name: str, chance: Random) -> str:
    """Call the victim as another account might: in full, shortened, by its initials, or misspelt."""
    words = name.replace(",", "").split()
    roll = chance.random()
    plain = fold_name(name).split()
    if roll < 0.12 and len(plain) > 2:
        return " ".join(words[: max(2, len(words) - 1)])
    if roll < 0.25 and len(words) > len(plain):
        return " ".join(words[: len(plain)])
    if roll < 0.31 and initials(fold_name(name)):
        return f"{name} ({initials(fold_name(name)).upper()})"
    if roll < 0.37 and len(initials(fold_name(name))) > 3:
        return initials(fold_name(name)).upper()
    if roll < 0.47:
        return _misspell(name, chance)
    return name


def _misspell(name: str, chance: Random) -> str:
    places = [at for at in range(1, len(name) - 1) if name[at].islower() and name[at + 1].islower()]
    if len(places) < 5:
        return name
    at = chance.choice(places)
    return {
        0: name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        1: name[:at] + name[at + 1 :],
        2: name[:at] + name[at] + name[at:],
    }[chance.randrange(3)]


def _when(happening: Happening, chance: Random) -> str:
    if not happening.month:
        when = f"in {happening.year}"
    elif happening.day and chance.random() < 0.6:
        when = f"on {_MONTHS[happening.month - 1]} {happening.day}, {happening.year}"
    elif chance.random() < 0.8:
        when = f"in {_MONTHS[happening.month - 1]} {happening.year}"
    else:
        when = f"in {happening.year}"
    return _fill(chance.choice(_WHENS), when=when)


def _how(happening: Happening, chance: Random) -> str:
    known = [action for action in happening.actions if action in _HOW]
    if not known:
        return ""
    how = chance.choice(_HOW[chance.choice(known)]).format(its=chance.choice(("its", "the organisation's")))
    return _fill(chance.choice(_HOWS), how=how)


def _count(happening: Happening, chance: Random) -> str:
    count = happening.records
    if count is None or count < 2:
        return ""
    said = f"{count:,}"
    if count >= 1000 and chance.random() < 0.35:
        size = 10 ** (len(str(count)) - 2)
        said = f"{chance.choice(('about', 'nearly', 'some'))} {round(count / size) * size:,}"
    return _fill(chance.choice(_COUNTS), count=said)


def _what(happening: Happening, chance: Random) -> str:
    known = [variety for variety in happening.data if variety in _DATA]
    if not known:
        return ""
    some = chance.sample(known, max(1, len(known) - (chance.random() < 0.3)))
    return _fill(chance.choice(_WHATS), data=_listed([chance.choice(_DATA[each]) for each in some]))


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _fill(template: str, **values: str) -> str:
    """Fill a template; a name with a capital takes its value with one."""
    capital = {name.capitalize(): value[:1].upper() + value[1:] for name, value in values.items()}
    return template.format(**values, **capital)
