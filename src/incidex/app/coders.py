"""Which coders read a report: the rules and models that came with Incidex, and what the user adds to them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from incidex.app.settings import Settings
from incidex.coding import (
    CODERS,
    ENCODED,
    Answered,
    Client,
    Coded,
    Coder,
    ask,
    code,
    code_together,
    language_note,
    to_coders,
)
from incidex.model import Document, InputError, Report, SourceError, Tier


@dataclass(frozen=True, slots=True)
class CodedReport:
    """What was read in a report."""

    document: Document  # with notes of what whoever sees the report should know
    incidents: tuple[Coded, ...]
    remarks: tuple[str, ...] = ()  # for whoever ran the coders: they may count what not everyone may see

    @property
    def notes(self) -> tuple[str, ...]:
        """All there is to say to whoever ran the coders."""
        return (*self.document.notes, *self.remarks)


#: Codes a report.
Code = Callable[[Report, Document], CodedReport]

#: What `--coder` can add.
LLM, ENCODER = "llm", "encoder"
ADDED = (LLM, ENCODER)

#: Said of each report; what failed is said once.
_FAILED = "not read by the language model, whose endpoint failed"

#: Answers that are kept.
_KEPT = 1000


def code_report(report: Report, document: Document) -> CodedReport:
    """Code a report with the coders that came with Incidex."""
    return CodedReport(_noted(document), code(document, report=report))


def code_encoded(report: Report, document: Document) -> CodedReport:
    """Code a report with those, and the encoder that came with them."""
    return CodedReport(_noted(document), code(document, report=report, coders=ENCODED))


#: Those of them that read many reports at once, and by which coders.
TOGETHER: Mapping[Code, Mapping[str, Coder]] = {code_report: CODERS, code_encoded: ENCODED}


def code_reports(
    reports: Sequence[tuple[Report, Document]], coders: Mapping[str, Coder]
) -> list[CodedReport]:
    """Code reports, each coder reading all of them before the next coder does: faster than one by one."""
    found = code_together([(document, report) for report, document in reports], coders)
    return [CodedReport(_noted(document), each) for (_, document), each in zip(reports, found, strict=True)]


def _noted(document: Document) -> Document:
    note = language_note(document)
    return replace(document, notes=(*document.notes, note)) if note else document


class WithModel:
    """Codes with a language model beside other coders, which stand whatever it does.

    Once its endpoint has failed, it is not asked again: a thousand reports would wait a thousand times.
    """

    def __init__(self, client: Client, *, is_local: bool, coders: Mapping[str, Coder] = CODERS) -> None:
        self._client = client
        self._coders = coders
        self._is_local = is_local
        self._answers: dict[str, Answered] = {}
        self._refused: Counter[str] = Counter()
        self._kept = 0
        self._asked = 0
        self.complaint = ""  # why the endpoint is not asked any more

    def __call__(self, report: Report, document: Document) -> CodedReport:
        """Code a report."""
        coders = dict(self._coders)
        if report.tier > Tier.CLEAR and not self._is_local:
            remark = f"not sent to the language model: it is TLP:{report.tier.name}"
        elif self.complaint:
            remark = _FAILED
        else:
            remark = self._ask(document, coders)
        return CodedReport(_noted(document), code(document, report=report, coders=coders), (remark,))

    def _ask(self, document: Document, coders: dict[str, Coder]) -> str:
        """Add to `coders` what the model read; return what to note of it."""
        answered = self._answers.get(document.sha256)
        if answered is None:
            try:
                answered = ask(self._client, document)
            except SourceError as error:
                self.complaint = str(error)
                return _FAILED
            self._keep(document, answered)
        coders.update(to_coders(self._client, answered, document))
        return f"language model {self._client.model}: {answered.note}"

    def _keep(self, document: Document, answered: Answered) -> None:
        """Count an answer, and keep it for a while: a report that is printed may be stored as well."""
        if len(self._answers) >= _KEPT:
            self._answers.pop(next(iter(self._answers)))
        self._answers[document.sha256] = answered
        self._asked += answered.questions
        self._kept += len(answered.readings)
        self._refused.update(answered.refused)

    @property
    def summary(self) -> str:
        """Say how often the model was asked, and what became of its answers."""
        reasons = "".join(
            f"; {count:,} left out: {reason}" for reason, count in sorted(self._refused.items())
        )
        return (
            f"language model {self._client.model}: asked {self._asked:,} times, "
            f"{self._kept:,} values kept{reasons}"
        )


@contextmanager
def chosen_coders(added: Sequence[str], settings: Settings) -> Iterator[Code]:
    """Yield what codes a report with the coders that the user adds; none are added by default."""
    for name in added:
        if name not in ADDED:
            raise InputError(f"{name!r} is no coder that can be added; there is {', '.join(ADDED)}")
    if LLM not in added:
        yield code_encoded if ENCODER in added else code_report
        return
    from incidex.app.endpoint import HttpClient, to_endpoint

    endpoint = to_endpoint(settings)
    client = HttpClient(endpoint)
    try:
        coders = ENCODED if ENCODER in added else CODERS
        yield WithModel(client, is_local=endpoint.is_local, coders=coders)
    finally:
        client.close()


def closing_words(chosen: Code) -> tuple[str, str]:
    """Return what is to be said when all is coded: a summary, and a complaint; "" where there is nothing."""
    return (chosen.summary, chosen.complaint) if isinstance(chosen, WithModel) else ("", "")
