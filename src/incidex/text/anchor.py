"""Quotations to places, exactly or not at all."""

from incidex.model import CONTEXT, Evidence, EvidenceError, Span


def anchor(exact: str, text: str, *, prefix: str = "", suffix: str = "") -> Span:
    """Return the one place in `text` that a quotation can mean.

    Raises `EvidenceError` when the words are missing, or still fit in two places once prefix and suffix are
    counted.
    """
    if not exact.strip():
        raise EvidenceError("a quotation needs at least one visible character")
    whole = prefix + exact + suffix
    first = text.find(whole)
    if first < 0:
        raise EvidenceError(
            f"{_shorten(exact)} is not in the report{' in this context' if whole != exact else ''}"
        )
    if text.find(whole, first + 1) >= 0:
        raise EvidenceError(f"{_shorten(exact)} fits in two places; quote more around it")
    return Span(first + len(prefix), first + len(prefix) + len(exact))


def reanchor(evidence: Evidence, text: str) -> Span:
    """Return where the evidence stands in a text that has changed since.

    That is the same place if the words still stand there; else the one place with the same words on both
    sides of it, or on one. A quotation as long as its context may stand alone. Raises `EvidenceError` for
    all others: a person decides, nothing is moved on a guess.
    """
    if evidence.is_verbatim_in(text):
        return evidence.span
    for prefix, suffix in _contexts(evidence):
        if prefix + evidence.quote + suffix in text:
            return anchor(evidence.quote, text, prefix=prefix, suffix=suffix)
    raise EvidenceError(f"{_shorten(evidence.quote)} is no longer in the report where it can be told apart")


def _contexts(evidence: Evidence) -> list[tuple[str, str]]:
    """Return what may stand around the quotation, the most first."""
    before, after = evidence.prefix, evidence.suffix
    sides = [(before, after), *(side for side in ((before, ""), ("", after)) if any(side))]
    return [*sides, ("", "")] if len(evidence.quote) >= CONTEXT else sides


def _shorten(words: str) -> str:
    return repr(words if len(words) <= 80 else f"{words[:77]}…")
