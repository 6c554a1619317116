"""How long pages take over many incidents: what is made once, and what each visit costs.

    python bench/pages.py [--incidents 100000]

Prints processor time. The incidents are made up (fixed seed), folded from changes as any others are.
"""

import argparse
import gc
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from time import process_time
from typing import TypeVar

from litestar.testing import TestClient

from incidex.codebook import get_vocabulary, policy
from incidex.model import (
    Body,
    Change,
    Claim,
    Claimed,
    Evidence,
    Incident,
    Linked,
    Report,
    Source,
    Span,
    Speaker,
    Tier,
    fold,
)
from incidex.web import MemoryLibrary, make_app
from incidex.web.charts import WIDE, draw_svg
from incidex.web.figures import FIGURES, find_figure
from incidex.web.front import count_all
from incidex.web.matrix import make_matrix
from incidex.web.views import View

AT = datetime(2026, 11, 25, tzinfo=UTC)
VISITS = 200


def main() -> None:
    """Make the incidents, then time what is made of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=100_000)
    count: int = parser.parse_args().incidents
    histories = make_histories(count)
    incidents, spent = timed(lambda: list(fold_all(histories)))
    print(f"{count:,} incidents folded for members: {spent:.1f} s ({count / spent:,.0f} a second)")
    gc.collect()
    time_views(incidents)
    time_visits(histories, incidents)


def time_views(incidents: Sequence[Incident]) -> None:
    """Print what is made once for each state of the incidents."""
    view = View(incidents)
    made: dict[str, Callable[[], object]] = {
        "organisations": lambda: view.organisations,
        "actors": lambda: view.actors,
        "techniques": lambda: view.techniques,
        "sources": lambda: view.sources,
        "totals": lambda: count_all(view),
        "matrix": lambda: make_matrix(view, "enterprise"),
        **{f"numbers of {name}": partial(find_figure, view, name) for name in FIGURES},
    }
    print("\nmade once for each state of the incidents")
    for name, make in made.items():
        print(f"  {name:24} {timed(make)[1]:7.2f} s")
    for name in FIGURES:
        figure = find_figure(view, name)
        assert figure is not None
        draw_svg(figure, "light", WIDE)
        spent = timed(partial(draw_svg, figure, "light", WIDE))[1]
        print(f"  picture of {name:13} {spent:7.3f} s")


class Still(MemoryLibrary):
    """A library whose incidents are folded already, as `StoreLibrary` keeps them."""

    ready: Sequence[Incident] = ()

    def incidents(self, tier: Tier) -> Sequence[Incident]:  # noqa: ARG002
        """Return the incidents that were folded, whoever asks."""
        return self.ready


def time_visits(histories: Sequence[Sequence[Change]], incidents: Sequence[Incident]) -> None:
    """Print what a visit costs, the whole way through the site, once everything is made."""
    library = Still([change for history in histories[:1000] for change in history], policy())
    library.ready = incidents
    victim = "/organisations/victim-7"
    paths = (
        "/",
        "/incidents",
        victim,
        "/stats",
        "/charts/years.svg",
        "/techniques",
        "/sources",
    )
    print(f"\na visit, the whole way through the site, mean of {VISITS}")
    with TestClient(make_app(library)) as site:
        for path in paths:
            first = timed(partial(site.get, path))[1]
            spent = timed(lambda path=path: [site.get(path) for _ in range(VISITS)])[1] / VISITS  # type: ignore[misc]
            size = len(site.get(path).content)
            print(f"  {path:26} first {first:7.3f} s, then {spent * 1000:6.2f} ms, {size:,} bytes")


Made = TypeVar("Made")


def timed(make: Callable[[], Made]) -> tuple[Made, float]:
    """Return what was made and the processor time that it took."""
    start = process_time()
    return make(), process_time() - start


def fold_all(histories: Sequence[Sequence[Change]]) -> Iterator[Incident]:
    """Fold every history as a member may see it."""
    for history in histories:
        incident = fold(history, tier=Tier.GREEN, policy=policy())
        if incident is not None:
            yield incident


def make_histories(count: int) -> list[list[Change]]:
    """Make the changes of so many incidents up."""
    chance = random.Random(20261125)
    actors, countries = list(get_vocabulary("actor")), list(get_vocabulary("country"))
    industries = [each for each in get_vocabulary("industry") if len(each) == 2]
    techniques = [
        each.id for each in get_vocabulary("technique").values() if each.extra["domain"] == "enterprise"
    ]
    found: list[list[Change]] = []
    for number in range(count):
        said = {
            "victim.name": f"Victim {chance.randrange(max(10, count // 2))}",
            "victim.country": chance.choice(countries),
            "victim.industry": chance.choice(industries),
            "actor.name": chance.choice(actors),
            "action": chance.choice(("hacking", "malware", "social", "error")),
            "technique": chance.choice(techniques),
            "data.records": str(int(10 ** chance.uniform(0, 8))),
            "data.class": chance.choice(("Email addresses", "Passwords", "Names")),
            "date.occurred": f"{chance.randint(2010, 2026)}-{chance.randint(1, 12):02}",
        }
        source = Source(name=f"Source {int(chance.paretovariate(1)) % 500}")
        digest = sha256(str(number).encode()).hexdigest()
        report = Report(sha256=digest, source=source, title=f"Report {number}", published="2026-01")
        claims = tuple(make_claim(report, *pair) for pair in said.items())
        bodies: tuple[Body, ...] = (Linked(report), Claimed(claims))
        found.append(
            [
                Change(
                    record=f"inc-{number:07}", version=version, body=body, by="rules@1", at=AT, serial=version
                )
                for version, body in enumerate(bodies, start=1)
            ]
        )
    return found


def make_claim(report: Report, field: str, value: str) -> Claim:
    """Make a claim with words to rest on."""
    return Claim(
        report=report.id,
        field=field,
        value=value,
        speaker=Speaker(report.source.name),
        coder="rules@1",
        confidence=0.8,
        tier=policy()[field].tier,
        evidence=Evidence(Span(0, len(value)), value, suffix=" it says here, and more"),
    )


if __name__ == "__main__":
    main()
