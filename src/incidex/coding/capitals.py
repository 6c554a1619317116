"""Names as capitals show them: where each stands in a text, and the few words on either side of it."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from incidex.coding.kinds import common_words, words_for

_UPPER = "A-ZÀ-ÖØ-ÞĀČĐĘĞİŁŃŌŘŚŞŠŪŻŽ"
#: One word of a name. A stop inside belongs to it before a small letter or a digit: "ebay.com", "IP.Board".
#: It begins with a set of letters and no choice, which the engine skips to: three times as fast.
_WORD = re.compile(
    rf"[{_UPPER}](?:(?:\.[{_UPPER}]){{1,4}}\."
    rf"|[\w&’'$+\-]{{0,40}}(?:[.!](?=[a-z0-9])[\w&’'\-]{{1,30}}){{0,3}}\.?)"
)
#: What may stand between two words of one name.
_GAPS = frozenset(
    {
        " ",
        " of ",
        " and ",
        " & ",
        " for ",
        " de ",
        " du ",
        " la ",
        " of the ",
        " and the ",
        " for the ",
        " - ",
    }
    | {" – ", " de la ", " van ", " von ", " del ", " der ", " dos ", " e ", " et ", " y ", "\u00a0"}
)
_LEGAL_WORDS = "Inc Inc. LLC Ltd Ltd. Limited PLC LLP Corp Corp. P.C P.C. S.A. N.V."
_LEGAL = frozenset(_LEGAL_WORDS.split())
#: Written with a stop that ends no sentence.
_STOPPED_WORDS = "St. Inc. Co. Corp. Ltd. Dr. Mt. Ft. No. Bros. Dept. Univ. Sen. Gov. Gen."
_STOPPED = frozenset(_STOPPED_WORDS.split())
#: Words that a small letter begins: "xHamster", but not "ePHI".
_PREFIX = re.compile(r"(?<![\w@/.])(?:[a-z]{1,8}|[0-9]{1,5}(?:-|[a-z]{0,8}))\Z")
#: What stands before the end of a list: "A, B and C" are three names.
_AFTER_A_NAME = re.compile(rf"(?<![\w.])[{_UPPER}]\w{{0,20}}, \Z")
#: The first word of a sentence that a lost stop runs into the name before it.
_ARTICLES = frozenset({"The", "A", "An", "It", "In", "On", "This"})
#: What stands before most words.
_BREAKS = frozenset({" ", "\n", "(", '"', "“", ""})
_NO_NAMES = frozenset({"ePHI", "eMail", "iD", "ePHIs", "eDiscovery", "mHealth", "eSports"})
#: The end of a domain name; what stands before it is read backwards, so that a text without one costs little.
_DOMAIN_END = re.compile(
    r"\.(?=[a-z])(?:com|org|net|edu|gov|io|ru|uk|de|fr|cn|jp|in|br|au|ca|nl|pl|it|es|eu|us|info|biz|me|tv|co|ai|app|to|"
    r"cc|kr|za|mx|ch|se|no|dk|il|ua|tr|gg|fm|xyz|online|site|club|nz|ie|at|be|cz|hk|tw|sg|my|th|id|vn|ph|lk|pk|gr|"
    r"hu|ro|hr|rs|si|sk|bg|lt|lv|ee|pt|fi|ke|ng|gh|eg|ma|ae|sa|qa|cl|ar|pe|ec|uy|kz|uz|by|np|bd|shop|store|bank)"
    r"(?:\.[a-z]{2})?(?![\w\-]|\.\w)"
)
_DOMAIN_START = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]|\.(?=[a-z0-9])){0,60}\Z")
_CALLED = re.compile(r"(?:known as|called|dubbed) [\"“']?([a-z0-9][\w.\-]{2,40})")
_LOWER = re.compile(
    r"(?:service|website|site|forum|company|app|platform|game|community) "
    r"((?![0-9]+[kKmMB]?\b)[a-z0-9][\w.\-]{2,40}) \Z"
)
_SUFFERED = (" suffered", " was hacked", " was breached")

_TRAIL = ".,;:'’!"


class Mention(NamedTuple):
    """A name where it stands. `before` and `after` are the words beside it, nearest first, in lower case."""

    name: str
    start: int
    before: tuple[str, str]
    after: tuple[str, str]

    @property
    def end(self) -> int:
        """Where the name ends."""
        return self.start + len(self.name)


def recase(text: str) -> str:
    """Return a text in capitals with its common words in small letters, so that names stand out; as long."""
    small = common_words() | words_for("lead") | words_for("verb") | words_for("tail")

    def cast(match: re.Match[str]) -> str:
        word = match[0]
        is_small = word.lower() in small or text[match.start() - 1 : match.start()] in _JOINS
        shown = word.lower() if is_small else word.capitalize()
        return shown if len(shown) == len(word) else word  # "ß" has no capital of one letter

    cased = _SHOUTED.sub(cast, text)
    return _organisation().sub(lambda match: match[0].title(), cased)


@cache
def _organisation() -> re.Pattern[str]:
    """Return what a name and the common words that end it look like: "Miller falls school district"."""
    ends = "|".join(sorted(words_for("kind organisation")))
    return re.compile(rf"\b[A-Z][a-z]{{2,30}}(?: [a-z]{{3,15}})?(?: (?:{ends})\b){{1,3}}")


#: What joins a word to the one before it, as in addresses.
_JOINS = frozenset("./@_")
#: A word, with what an apostrophe joins to it.
_SHOUTED = re.compile(r"[^\W\d_](?:[^\W\d_]|[’'\-])*")


def find_mentions(text: str, end: int, *, start: int = 0) -> Iterator[Mention]:
    """Yield the names in `text[start:end]`: capitals, domains, and what the text says is called so."""
    for run in _runs(text, start, end):
        yield from _cut(text, run)
    for match in _DOMAIN_END.finditer(text, start, end):
        found = _DOMAIN_START.search(text, max(0, match.start() - 62), match.start())
        if found and not found[0][0].isupper() and text[found.start() - 1 : found.start()] not in ("@", "/"):
            yield make_mention(text, text[found.start() : match.end()], found.start())
    if not start:
        yield from _called(text, end)


def _called(text: str, end: int) -> Iterator[Mention]:
    """Yield names in small letters, where the words beside them say that they are names."""
    if "known as " in text or "called " in text or "dubbed " in text:
        for match in _CALLED.finditer(text, 0, end):
            yield make_mention(text, match[1].rstrip("."), match.start(1))
    for verb in _SUFFERED:
        at = text.find(verb, 0, end)
        if at > 0 and (found := _LOWER.search(text, max(0, at - 60), at + 1)):
            yield make_mention(text, found[1].rstrip("."), found.start(1))


def _runs(text: str, start: int, end: int) -> Iterator[list[tuple[str, int]]]:
    """Yield the capitalised words that stand together, each with its place."""
    leads = words_for("lead")
    run: list[tuple[str, int]] = []
    last = 0
    for match in _WORD.finditer(text, start, end):
        word, at = match[0], match.start()
        before = text[at - 1 : at]
        if before not in _BREAKS and (before.isalnum() or before in "-@/."):
            word, at = _whole_word(text, word, at)
            if not word:
                continue
        if word[-1] == "." and len(word) > 2 and word not in _STOPPED and word[-3] != ".":
            word = word[:-1]
        if run:
            gap = text[last:at]
            if len(run) > 9 or not (gap in _GAPS or (gap == ", " and word in _LEGAL)):
                if (
                    len(run) > 1 or run[0][0].lower() not in leads
                ):  # most runs are the first word of a sentence
                    yield run
                run = []
        run.append((word, at))
        last = at + len(word)
    if run:
        yield run


def _whole_word(text: str, word: str, start: int) -> tuple[str, int]:
    """Return a word with the small letters or digits that begin it: "xHamster", "7-Eleven"; or nothing."""
    found = _PREFIX.search(text, max(0, start - 12), start)
    if not found:
        return "", 0
    whole = found[0] + word
    return ("", 0) if whole in _NO_NAMES else (whole, found.start())


def _cut(text: str, run: list[tuple[str, int]]) -> Iterator[Mention]:
    """Yield the names in a run of capitals, without lead words and what follows a possessive or a verb."""
    leads, verbs = words_for("lead"), words_for("verb")
    held: list[tuple[str, int]] = []
    for number, part in enumerate(run):
        word = part[0]
        lower = word.lower()
        if lower in verbs:
            if held:
                yield from _whole(text, held)
            held = []
        elif held or not _leads(text, run, number, leads):
            held.append(part)
            if word.endswith(("'s", "’s")) and not _goes_on(run, number):
                yield from _whole(text, held)
                held = []
    if held:
        yield from _whole(text, held)


def _leads(text: str, run: list[tuple[str, int]], number: int, leads: frozenset[str]) -> bool:
    """Say whether a word begins a sentence, a date or a count, and no name: "Us", and not "US"."""
    word = run[number][0]
    lower = word.lower()
    if word == "US" and len(run) > number + 1:
        return False
    return lower in leads or lower.strip(_TRAIL) in leads or _is_some_of(text, run, number)


def _is_some_of(text: str, run: list[tuple[str, int]], number: int) -> bool:
    """Say whether a word only counts what follows: "Guests of MGM Resorts"."""
    word, start = run[number]
    end = start + len(word)
    return (
        word.endswith("s")
        and number + 1 < len(run)
        and text.startswith(" of ", end)
        and word.lower() in common_words()
        and word.lower() not in words_for("kind organisation")
    )


def _goes_on(run: list[tuple[str, int]], number: int) -> bool:
    """Say whether a possessive is part of a longer name: "Sheriff's Office", "St. Mary's Hospital"."""
    return number + 1 < len(run) and run[number + 1][0].lower().strip(_TRAIL) in words_for(
        "kind organisation"
    )


def _whole(text: str, held: list[tuple[str, int]]) -> Iterator[Mention]:
    while len(held) > 1 and (held[-1][0].lower() in words_for("tail") or held[-1][0] in _ARTICLES):
        held = held[:-1]
    word, last = held[-1]
    start = held[0][1]
    name = text[start : last + len(word)]
    if name.endswith(("'s", "’s")):
        name = name[:-2]
    name = name.rstrip(_TRAIL) if word not in _STOPPED else name
    lower = name.lower()
    if len(name) < 2 or (len(held) == 1 and (lower in words_for("common") or lower in words_for("tail"))):
        return
    if " and " not in name or not _AFTER_A_NAME.search(text, max(0, start - 24), start):
        yield make_mention(text, name, start)
    if " and " in name:
        first, second = name.split(" and ", 1)
        yield make_mention(text, first, start)
        article = 4 if second.startswith("the ") else 0
        if second[article:].lower() not in words_for("common"):
            yield make_mention(text, second[article:], start + len(first) + 5 + article)


def make_mention(text: str, name: str, at: int) -> Mention:
    """Return a name where it stands with the words beside it."""
    before = text[at - 30 if at > 30 else 0 : at].lower().split()
    stop = at + len(name)
    after = text[stop : stop + 30].lower().split(None, 2)
    return Mention(
        name,
        at,
        (before[-1] if before else "^", before[-2] if len(before) > 1 else "^"),
        (after[0] if after else "$", after[1] if len(after) > 1 else "$"),
    )
