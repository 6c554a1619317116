"""Near copies are found, wire stories are told from those that quote an agency."""

import pytest

from incidex.linking import find_agency, likeness_of_texts, mention_key, mentions, near_copies

STORY = (
    "Intruders took the records of 1,200 patients from Hillside Clinic in March, the clinic said on Friday. "
    "Names, addresses and appointment dates were copied from a server that a contractor had left open. "
    "The clinic has closed it, told the regulator and offered to answer questions on a telephone line."
)


def test_a_copy_under_another_headline_is_a_near_copy() -> None:
    copied = f"Patients exposed\n\n{STORY} Our reporter adds that the line was busy all day."
    other = STORY.replace("patients", "pupils").replace("Clinic", "School")[::-1]
    assert likeness_of_texts(STORY, copied) >= 0.6
    assert likeness_of_texts(STORY, other) == 0.0
    texts = {"one": STORY, "two": other, "three": copied}
    assert list(near_copies(texts, texts.__getitem__)) == [("one", "three")]


def test_very_short_texts_are_copies_of_nothing() -> None:
    assert likeness_of_texts("A breach.", "A breach.") == 0.0
    assert list(near_copies(["one", "two"], lambda _: "A breach.")) == []


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        (f"BOSTON (AP) — {STORY}", "Associated Press"),
        (f"LONDON, March 3 (Reuters) - {STORY}", "Reuters"),
        (f"By Reuters\n\n{STORY}", "Reuters"),
        (f"{STORY}\n© 2023 The Associated Press. All rights reserved.", "Associated Press"),
        (f"{STORY} A spokesman told Reuters that it was sorry.", None),
        (f"The clinic uses an AP (access point). {STORY}", None),
        (STORY, None),
    ],
)
def test_find_agency(text: str, agency: str | None) -> None:
    assert find_agency(text) == agency


@pytest.mark.parametrize(
    ("text", "found", "not_found"),
    [
        ("On Tuesday, Northrop Grumman Corp. told staff.", {"northrop grumman"}, {"tuesday"}),
        ("MGM's servers at the Bank of Ireland stopped.", {"mgm", "bank of ireland"}, {"mgms"}),
        ("The site of feedly (feedly.com) was attacked.", {"feedly"}, set()),
        (
            "Their Social Security numbers were in the United States.",
            set(),
            {"social security", "united states"},
        ),
        ("Officials at Oregon Health Co-op of Portland said so.", {"oregon health co op"}, {"officials"}),
    ],
)
def test_mentions(text: str, found: set[str], not_found: set[str]) -> None:
    names = set(mentions(text))
    assert found <= names
    assert not names & not_found


def test_a_mention_key_does_not_tell_who_was_mentioned() -> None:
    assert mention_key("jane doe") == mention_key("jane doe")
    assert "jane" not in mention_key("jane doe")
    assert len(mention_key("jane doe")) == 8


def test_reading_mentions_takes_time_that_grows_with_the_text() -> None:
    assert len(mentions("Aa " * 100_000)) <= 100
    assert mentions("A" * 50_000 + " " + "of " * 50_000) is not None
