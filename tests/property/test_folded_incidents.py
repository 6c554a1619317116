"""Incidents that follow the log are those that would be folded anew; pages made of them obey law 8."""

from dataclasses import astuple

from hypothesis import given, settings
from hypothesis import strategies as st

from incidex.app.folded import Folded, in_order
from incidex.app.library import StoreLibrary
from incidex.app.remembered import Remembered
from incidex.codebook import policy
from incidex.model import Tier, fold_record, fold_records
from incidex.store import MemoryLog
from incidex.web.corrections import find_corrections
from incidex.web.figures import FIGURES, find_figure
from incidex.web.front import count_all
from incidex.web.matrix import make_matrix
from incidex.web.shelf import MemoryLibrary
from incidex.web.sources import make_source
from incidex.web.views import View, Views
from tests.histories import Step, Teller, act, steps, without_hidden

histories = st.lists(steps, min_size=1, max_size=12)


@settings(max_examples=40)
@given(histories, st.sampled_from(Tier))
def test_followed_is_folded_anew(told: list[Step], tier: Tier) -> None:
    log = MemoryLog()
    teller = Teller(log)
    folded = Folded(log)
    for step in told:
        act(teller, step)
        anew = in_order(fold_records(log.history, log.incidents(), tier=tier, policy=policy()))
        assert folded.get(tier) == anew
        assert folded.get(tier) is folded.get(tier)


@settings(max_examples=40)
@given(histories, st.sampled_from(Tier))
def test_remembered_is_folded_anew(told: list[Step], tier: Tier) -> None:
    log = MemoryLog()
    teller = Teller(log)
    remembered = Remembered(log)
    for step in told:
        act(teller, step)
        for name in log.incidents():
            anew = fold_record(log.history, name, tier=tier, policy=policy())
            found = remembered.find(name, tier)
            assert found == anew
            if found is not None and found.id == name:
                assert remembered.find(name, tier) is found


@settings(max_examples=40)
@given(histories, st.sampled_from(Tier))
def test_tables_that_follow_are_those_made_from_the_first(told: list[Step], tier: Tier) -> None:
    log = MemoryLog()
    teller = Teller(log)
    library, views = StoreLibrary(log), Views()
    for step in told:
        act(teller, step)
        followed, anew = views.get(library, tier), View(library.incidents(tier))
        for name in ("organisations", "actors", "techniques", "sources"):
            ours, theirs = getattr(followed, name), getattr(anew, name)
            assert list(ours.items()) == list(theirs.items())
            assert [list(each.incidents) for each in ours.values()] == [
                list(each.incidents) for each in theirs.values()
            ]


@settings(max_examples=40)
@given(histories, st.sampled_from([Tier.CLEAR, Tier.GREEN, Tier.AMBER]))
def test_no_page_tells_two_databases_apart_by_what_is_hidden(told: list[Step], tier: Tier) -> None:
    rich = MemoryLog()
    teller = Teller(rich)
    for step in told:
        act(teller, step)
    everything = list(rich.since())
    poor = MemoryLibrary(
        [kept for change in everything if (kept := without_hidden(change, tier)) is not None], policy()
    )
    assert say(poor, tier) == say(MemoryLibrary(everything, policy()), tier)


def say(library: MemoryLibrary | StoreLibrary, tier: Tier) -> list[object]:
    """Return all that pages about many incidents are made of."""
    view = View(library.incidents(tier))
    made: list[object] = [astuple(count_all(view)), make_matrix(view, "enterprise")]
    for entries in (view.organisations, view.actors, view.techniques):
        made += [(each.id, each.name, each.spellings, sorted(each.incidents)) for each in entries.values()]
    made += [find_corrections(view, library, tier)]
    made += [make_source(view, library, tier, each) for each in view.sources.values()]
    for name in FIGURES:
        figure = find_figure(view, name)
        assert figure is not None
        made.append((figure.rows, figure.total, len(figure.counted)))
    return made
