"""Which of day and month a text writes first, where "04/05/2017" leaves it open."""

import re
from functools import lru_cache

_FIGURES = re.compile(r"(?<![\w./-])([0-9]{1,2})[./-]([0-9]{1,2})[./-](?:19[89]|20[0-4])[0-9](?![0-9])")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_AMERICAN_DAY = re.compile(rf"\b{_MONTH} [0-3]?[0-9](?:st|nd|rd|th)?,? (?:19|20)[0-9]{{2}}\b")
_OTHER_DAY = re.compile(rf"\b[0-3]?[0-9](?:st|nd|rd|th)? {_MONTH},? (?:19|20)[0-9]{{2}}\b")
#: Words that only those write who write the month first, or the day.
_AMERICAN = re.compile(
    r"\b(?:Social Security|SSNs?|ZIP code|HIPAA|HHS|OCR|Attorney General|attorney general|"
    r"[a-z]{3,12}(?:ized|izing|ization)|color|center|program|license plate|behavior|"
    r"Medicare|Medicaid)\b"
)
_BRITISH = re.compile(
    r"\b(?:NHS|ICO|postcodes?|National Insurance|GDPR|[a-z]{3,12}(?:ised|ising|isation)|colour|centre|"
    r"programme|licence|behaviour|whilst|organisations?|plc|Pty|HMRC|solicitors?|Information Commissioner)\b"
)
#: Characters of a text that are read for its spelling; more says no more.
_ENOUGH = 20_000


@lru_cache(maxsize=4)
def is_day_first(text: str) -> bool | None:
    """Say whether the text writes 4 May as "04/05"; `None` when it does not show.

    Its own unmistakable dates decide, then the way it writes dates in words, then its spelling.
    """
    sample = text[:_ENOUGH]
    figures = [(int(a), int(b)) for a, b in _FIGURES.findall(sample)]
    day_first = sum(a > 12 >= b for a, b in figures)
    month_first = sum(b > 12 >= a for a, b in figures)
    if bool(day_first) != bool(month_first):
        return bool(day_first)
    for ours, theirs in ((_OTHER_DAY, _AMERICAN_DAY), (_BRITISH, _AMERICAN)):
        british, american = ours.search(sample), theirs.search(sample)
        if bool(british) != bool(american):
            return bool(british)
    return None
