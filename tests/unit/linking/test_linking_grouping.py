"""Pairs in groups: all of them, each once, the likeliest first."""

from hypothesis import given
from hypothesis import strategies as st

from incidex.linking import Group, Pair, group_pairs

names = st.sampled_from([f"inc-{number}" for number in range(9)])
pairs = st.lists(
    st.builds(
        lambda one, other, percent: Pair(one, other, f"{percent}% likely: same name +2.0"),
        names,
        names,
        st.integers(0, 99),
    )
)


def test_what_hangs_together_is_a_group_and_the_likeliest_comes_first() -> None:
    held = [
        Pair("a", "b", "20% likely: same name +2.0"),
        Pair("x", "y", "97% likely: same name +2.0"),
        Pair("b", "c", "may have one cause. The breach of Acme is said to have struck Bolt."),
        Pair("p", "q", "nearly the same text in rep-1 and rep-2"),
    ]
    assert [group.incidents for group in group_pairs(held)] == [("p", "q"), ("x", "y"), ("a", "b", "c")]
    assert [group.pairs[0].percent for group in group_pairs(held)] == [100, 97, 20]
    assert group_pairs(held, 98) == [Group(("p", "q"), (held[3],))]


@given(pairs, st.integers(0, 100))
def test_groups_are_all_the_pairs_that_are_likely_enough_and_share_nothing(
    held: list[Pair], least: int
) -> None:
    groups = group_pairs(held, least)
    kept = sorted(each for each in held if each.percent >= least)
    assert sorted(pair for group in groups for pair in group.pairs) == kept
    members = [name for group in groups for name in group.incidents]
    assert len(members) == len(set(members)), "no incident is in two groups"
    best = [group.pairs[0].percent for group in groups]
    assert best == sorted(best, reverse=True)
