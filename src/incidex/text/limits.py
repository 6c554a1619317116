"""How much one report may cost before it is stopped."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a reader may use for one report. Beyond any of these it is stopped with a `LimitError`."""

    max_bytes: int = 20_000_000  # of the report as received
    max_characters: int = 10_000_000  # of the text that comes out: a small PDF can hold a very long one
    memory_bytes: int = 1_000_000_000  # of address space; 5 MB of HTML, the costliest, took 633 MB
    seconds: float = 10.0  # by the clock
    reports_per_process: int = 500  # then a fresh process, so that what libraries leak stays small


LIMITS = Limits()
