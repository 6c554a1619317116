"""Names as capitals show them: each row is a passage and the names in it."""

import pytest

from incidex.coding.capitals import find_mentions, recase

PASSAGES = [
    ("In May Acme Foods lost data.", ["Acme Foods"]),
    ("The University of Westmark, Inc. said so.", ["University of Westmark, Inc."]),
    ("Acme Foods Confirms Data Breach", ["Acme Foods"]),
    ("Hackers hit St. Mary's Hospital.", ["St. Mary's Hospital"]),
    ("Acme's Chief Executive left.", ["Acme", "Chief Executive"]),
    ("the Clinton County Sheriff's Office said", ["Clinton County Sheriff's Office"]),
    ("the porn site xHamster, and 7-Eleven", ["xHamster", "7-Eleven"]),
    ("a forum known as night-owls was open", ["night-owls"]),
    ("the shop larder.co.uk was hacked", ["larder.co.uk"]),
    ("write to info@larder.com or see http://larder.com/", []),
    ("the French site Larder.fr The broadcaster said", ["French", "Larder.fr"]),
    ("the entity (CE), Brig and Oak Hospital, said", ["Brig and Oak Hospital", "Brig", "Oak Hospital"]),
    ("staff of Acme, Brig and Oak Foods", ["Acme", "Brig", "Oak Foods"]),
    ("US Foods said that it told us.", ["US Foods"]),
    ("Guests of MGM Resorts were told.", ["MGM Resorts"]),
    ("the bank's ePHI", []),
    ("Édition Nouvelle was hit.", ["Édition Nouvelle"]),
    ("Smith and Jones Ltd. was hit.", ["Smith and Jones Ltd.", "Smith", "Jones Ltd."]),
    ("", []),
]


@pytest.mark.parametrize(("text", "names"), PASSAGES)
def test_names_are_found_where_capitals_show_them(text: str, names: list[str]) -> None:
    assert [mention.name for mention in find_mentions(text, len(text))] == names


def test_a_mention_stands_where_it_says() -> None:
    text = "On Monday Acme Foods said that larder.com, run by xHamster, was down."
    for mention in find_mentions(text, len(text)):
        assert text[mention.start : mention.end] == mention.name


def test_the_words_beside_a_name_are_given_nearest_first() -> None:
    mention = next(find_mentions("A breach at Acme Foods exposed data.", 99))
    assert mention.before == ("at", "breach")
    assert mention.after == ("exposed", "data.")


def test_a_text_in_capitals_is_given_small_letters_where_words_are_common() -> None:
    text = "BREACH AT VELDORA FOODS: THE COMPANY'S DATA WAS STOLEN"
    assert recase(text) == "breach at Veldora Foods: the company's data was stolen"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["A" * 1_000_000, "A " * 300_000, "a.com" * 200_000, "A.b" * 300_000])
def test_hostile_capitals_end(text: str) -> None:
    for _ in find_mentions(text, len(text)):
        pass
