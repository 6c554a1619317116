"""What queries say, and what is said of those that say nothing."""

import pytest

from incidex.search import QueryError, parse, resolve, write_value
from incidex.search.syntax import All, AnyOf, Literal, Not, Place, Term, Text


def test_a_query_is_a_list_of_what_must_be_so() -> None:
    query = parse('victim.country:US "data dump" -ransom')
    assert query.root == All(
        (
            Term("victim.country", ":", Literal("US", Place(15, 17)), None, Place(0, 17)),
            Text("data dump", Place(18, 29), is_phrase=True),
            Not(Text("ransom", Place(31, 37)), Place(30, 37)),
        )
    )


def test_or_binds_less_than_what_stands_side_by_side() -> None:
    root = parse("a b OR c").root
    assert isinstance(root, AnyOf)
    assert [type(part) for part in root.parts] == [All, Text]


@pytest.mark.parametrize("query", ["", "  ", "*"])
def test_nothing_asked_finds_everything(query: str) -> None:
    assert parse(query).root == All(())


@pytest.mark.parametrize(
    ("query", "at", "said"),
    [
        ('"never closed', 0, "never closed"),
        ("phones “never closed", 7, "never closed"),
        ("(phones", 0, "never closed"),
        ("phones)", 6, "closes nothing"),
        ("()", 0, "nothing in these brackets"),
        ("phones OR", 9, "the query ends"),
        ("OR phones", 0, "nothing stands before OR"),
        ("NOT", 0, "could be left out"),
        ("victim.country:", 0, "needs a value right after the colon"),
        ("victim.country: US", 0, "needs a value right after the colon"),
        ("foo:bar", 0, "there is no field 'foo'"),
        ("phones victm.country:US", 7, "did you mean victim.country"),
        ("victim.country:Narnia", 15, "cannot be 'Narnia'"),
        ("date:2017-13", 5, "month must be in 1..12"),
        ("date:2019..2017", 0, "ends before it begins"),
        ("date:..", 5, "a range needs a value on one side"),
        ("data.records:>many", 14, "takes a number such as"),
        ("data.records:5..1", 0, "ends before it begins"),
        ("ransom.paid:>1000000", 13, "an amount with its currency"),
        ("ransom.paid:USD1..EUR2", 0, "in one currency"),
        ("outage.duration:>long", 17, "a duration such as P3D"),
        ("status:sure", 7, "a status is one of reported"),
        ("victim.country:>US", 0, "cannot be compared with >"),
        ("a*b", 1, "stands at the end of a word only"),
        ("ab*", 0, "needs 3 letters or more"),
        ("id:inc-*", 3, "needs 8 characters or more"),
        ('victim.name:="a" source:ab*', 24, "needs 3 characters or more"),
        ("!!", 0, "no word in this"),
        ("action:(malware -hacking)", 16, "values and OR, nothing else"),
        ("has:nothing", 4, "no field 'nothing' to have"),
        ("id:\ud800", 3, "half of a character"),
        ("x " * 300, 400, "at most 200 words"),
        ("x" * 2001, 2000, "at most 2,000 characters"),
        ("NOT " * 30 + "a", 80, "at most 20 deep"),
        ("(" * 30, 20, "at most 20 deep"),
    ],
)
def test_what_makes_no_sense_is_pointed_at(query: str, at: int, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        resolve(parse(query))
    assert said in str(caught.value)
    assert caught.value.at == at
    line, carets = caught.value.sides
    assert carets.strip("^ ") == ""
    assert len(carets) <= max(1, len(line) + 1)


def test_the_place_is_shown_on_a_line_below() -> None:
    with pytest.raises(QueryError) as caught:
        resolve(parse("phones date:2017-13"))
    assert caught.value.sides == ("phones date:2017-13", "            ^^^^^^^")


@pytest.mark.parametrize(
    "value", ['a "b', "a “b” c", 'a "b” c', '«a» "b" “c”', "a\\", "none", "1..2", "(a) OR -b", "x:y"]
)
def test_a_written_value_is_read_as_one_value_whatever_stands_in_it(value: str) -> None:
    term = parse(f"victim.name:{write_value(value)}").root
    assert isinstance(term, Term)
    assert isinstance(term.low, Literal)
    assert term.low.text.replace('"', " ") == value.replace('"', " ")
    assert term.high is None
