"""Pictures: their numbers, how they are drawn, and that none knows more than its tier."""

import csv
import io
from collections.abc import Iterable, Iterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from incidex.codebook import get_vocabulary, policy
from incidex.model import Change, Claim, Document, Incident, Received, Report, Tier, folds
from incidex.web import MemoryLibrary, make_app
from incidex.web.charts import THEMES, WIDE, draw_png, draw_svg, load_tiles
from incidex.web.coverage import make_coverage
from incidex.web.figures import FIGURES, Figure, find_figure, incomplete_since, say_sector
from incidex.web.statistics import write_csv
from incidex.web.techniques import TACTICS
from incidex.web.views import View, Views
from tests.factories import NOON, claimed, linked, make_claim, make_history, make_source

Site = TestClient[Litestar]


def make_incident_changes(
    number: int, *pairs: tuple[str, str], published: str = "2025-06-01"
) -> Iterator[Change]:
    digest = sha256(str(number).encode()).hexdigest()
    report = Report(sha256=digest, source=make_source(), published=published)
    claims = (
        make_claim(value, field=field, report=report.id, tier=policy()[field].tier) for field, value in pairs
    )
    document = Document(report=report.id, text="passwords", language="en")
    yield Change(record=report.id, version=1, body=Received(report, document), by="add@1", at=NOON)
    yield from make_history(linked(report), claimed(*claims), record=f"inc-{number}")


def make_changes() -> list[Change]:
    return [
        *make_incident_changes(
            1,
            ("victim.country", "US"),
            ("date.occurred", "2024-03-05"),
            ("data.records", "12000"),
            ("action", "hacking"),
            ("victim.industry", "3254"),
            ("actor.name", "Hidden Cobra"),
            ("technique", "T1566.001"),
        ),
        *make_incident_changes(
            2, ("victim.country", "US"), ("date.occurred", "2025-05"), ("data.records", "0")
        ),
        *make_incident_changes(3, ("victim.country", "LI"), ("date.occurred", "2022")),
        *make_incident_changes(4, ("victim.name", "=cmd()")),
    ]


def view_of(changes: Iterable[Change], tier: Tier = Tier.RED) -> View:
    return View(MemoryLibrary(changes, policy()).incidents(tier))


def get(name: str, tier: Tier = Tier.RED) -> Figure:
    found = find_figure(view_of(make_changes(), tier), name)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with TestClient(make_app(MemoryLibrary(make_changes(), policy()))) as client:
        yield client


def test_unknown_is_a_bar_of_its_own_and_not_zero() -> None:
    assert dict(get("records").rows) == {  # type: ignore[arg-type]
        "0": 1,
        "1–9": 0,
        "10–99": 0,
        "100–999": 0,
        "1,000–9,999": 0,
        "10,000–99,999": 1,
        "unknown": 2,
    }


def test_years_are_counted_without_gaps_and_say_when_they_are_incomplete() -> None:
    assert get("years").rows == (
        ("2022", 1, "complete"),
        ("2023", 0, "complete"),
        ("2024", 1, "still incomplete"),
        ("2025", 1, "still incomplete"),
    )


def test_a_date_that_is_only_a_year_is_in_no_month() -> None:
    months = get("months")
    assert sum(int(row[1]) for row in months.rows) == 2
    assert months.rows[-1][0] == "2025-05"
    assert len(months.counted) == 2


def test_how_long_reports_take_is_measured_where_enough_incidents_tell() -> None:
    changes = [
        change
        for number in range(40)
        for change in make_incident_changes(number, ("date.occurred", "2025-01"), published="2025-04-01")
    ]
    assert incomplete_since(view_of(changes).incidents) == "2025-02"
    assert incomplete_since([]) == ""


def test_a_sector_has_one_name_whatever_its_number() -> None:
    assert say_sector("3254") == say_sector("31") == "31–33 Manufacturing"
    assert get("industries").rows == (("31–33 Manufacturing", "Hacking", 1),)


def test_actors_are_counted_under_their_canonical_name_and_for_members_only() -> None:
    assert get("actors").rows == (("Lazarus Group", "United States of America", 1),)
    assert get("actors", Tier.CLEAR).rows == ()
    assert get("tactics", Tier.CLEAR).rows == ()


@pytest.mark.parametrize("domain", TACTICS)
def test_the_tactics_are_those_of_attack(domain: str) -> None:
    terms = get_vocabulary("tactic").values()
    named = [term.extra["shortname"] for term in terms if term.extra["domain"] == domain]
    assert sorted(TACTICS[domain]) == sorted(named)


def test_no_country_has_two_tiles_and_every_tile_is_a_country() -> None:
    tiles = load_tiles()
    assert len(set(tiles.values())) == len(tiles) == 206
    assert set(tiles) <= set(get_vocabulary("country"))


@pytest.mark.parametrize("name", FIGURES)
def test_every_picture_is_drawn_and_asks_nobody_for_anything(name: str) -> None:
    for theme in THEMES:
        svg = draw_svg(get(name), theme, WIDE).decode()
        assert svg.startswith("<svg")
        assert "<script" not in svg
        assert "<style" not in svg
        assert "href=" not in svg
    assert draw_png(get(name), "light", WIDE).startswith(b"\x89PNG")


def test_a_country_without_a_tile_is_drawn_below_the_map() -> None:
    assert ">LI</text>" in draw_svg(get("countries"), "light", WIDE).decode()


def test_coverage_says_whom_a_picture_is_drawn_from() -> None:
    library = MemoryLibrary(make_changes(), policy())
    view = Views().get(library, Tier.CLEAR)
    figure = find_figure(view, "countries")
    assert figure is not None
    found = make_coverage(view, library, Tier.CLEAR, figure)
    assert (found.known, found.total) == (3, 4)
    assert [(part.label, round(part.share, 2)) for part in found.countries] == [
        ("United States of America", 0.67),
        ("Liechtenstein", 0.33),
    ]
    assert [part.label for part in found.languages] == ["en"]
    assert [part.label for part in found.reviewed] == ["machine only"]


def test_the_page_has_every_picture_with_its_table_and_the_ways_to_save_it(site: Site) -> None:
    page = site.get("/stats").text.replace("&#x2f;", "/")
    for name in FIGURES:
        assert f'id="{name}"' in page
    assert "available to members" in page
    for kind, media_type in (("svg", "image/svg+xml"), ("png", "image/png"), ("csv", "text/csv")):
        assert f"/charts/years.{kind}" in page
        answer = site.get(f"/charts/years.{kind}?save")
        assert answer.headers["content-type"].startswith(media_type)
        assert answer.headers["content-disposition"] == f'attachment; filename="incidex-years.{kind}"'


def test_the_twin_has_the_numbers(site: Site) -> None:
    twin = site.get("/api/v1/stats").json()
    assert twin["totals"]["incidents"] == 4
    assert [each["name"] for each in twin["figures"]] == list(FIGURES)
    assert site.get("/stats", headers={"accept": "application/json"}).json() == twin


@pytest.mark.parametrize(
    "path",
    [
        "/charts/nothing.svg",
        "/charts/years",
        "/charts/years.exe",
        "/charts/years.svg?theme=pink",
        "/charts/.svg",
    ],
)
def test_a_picture_that_there_is_not_is_not_found(site: Site, path: str) -> None:
    assert site.get(path).status_code == 404


def test_a_spreadsheet_runs_nothing() -> None:
    figure = Figure(
        name="x", title="", says="", fields=(), columns=("a", "b"), rows=(("=cmd()", 1),), counted=(), total=0
    )
    assert list(csv.reader(io.StringIO(write_csv(figure).decode()))) == [["a", "b"], ["'=cmd()", "1"]]


def values() -> st.SearchStrategy[list[tuple[str, str]]]:
    pairs = st.sampled_from(
        [("victim.country", "US"), ("victim.country", "GB"), ("action", "error"), ("victim.industry", "51"),
         ("actor.name", "FIN7"), ("technique", "T1110"), ("data.records", "10"), ("date.occurred", "2020-02")]
    )  # fmt: skip
    return st.lists(pairs, unique=True, max_size=8)


@given(st.lists(values(), max_size=5))
def test_no_picture_knows_of_what_its_tier_may_not_see(each: list[list[tuple[str, str]]]) -> None:
    def public(claims: Iterable[Claim]) -> list[Claim]:
        return [claim for claim in claims if claim.tier is Tier.CLEAR]

    def incidents(*, hidden: bool) -> list[Incident]:
        made: list[Incident] = []
        for number, pairs in enumerate(each):
            claims = [make_claim(value, field=field, tier=policy()[field].tier) for field, value in pairs]
            kept = claims if hidden else public(claims)
            history = (
                make_history(linked(), claimed(*kept), record=f"inc-{number}")
                if kept
                else make_history(linked(), record=f"inc-{number}")
            )
            made += folds(history, tier=Tier.CLEAR, policy=policy())
        return made

    with_hidden, without = View(incidents(hidden=True)), View(incidents(hidden=False))
    for name in FIGURES:
        one, other = find_figure(with_hidden, name), find_figure(without, name)
        assert one is not None
        assert other is not None
        assert (one.rows, one.total, len(one.counted)) == (other.rows, other.total, len(other.counted))
