"""What can go wrong, in one tree. Every message is a sentence for the person who has to act on it.

`ConflictError` shows two changes, and stands in conflict.py for that.
"""


class IncidexError(Exception):
    """Anything Incidex can explain. The command line prints the message and exits with 2."""


class InputError(IncidexError):
    """What was handed in cannot be used: a missing file, a wrong option, an impossible date."""


class ReadError(InputError):
    """A report's bytes cannot be turned into text: empty, encrypted, image-only, not what it is named."""


class LimitError(InputError):
    """Something hostile or oversized was stopped before it could do harm."""


class SourceError(IncidexError):
    """A publisher could not be reached or answered strangely; trying later may help."""


class EvidenceError(IncidexError):
    """A quotation is not in the text, or fits in more than one place."""


class CodebookError(IncidexError):
    """A field or value that the codebook does not know."""


class StoreError(IncidexError):
    """The database cannot be used as it is: newer than this program, damaged, or not ours."""


class DamageError(IncidexError):
    """A file that Incidex ships is not the one that it was released with."""
