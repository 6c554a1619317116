"""The vocabularies: whole, well formed, and holding every label that the gold answers use."""

import gzip
import json
import runpy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from incidex.codebook import check_value, fields, find_terms, get_field, get_vocabulary, vocabularies
from incidex.model import CodebookError

ROOT = Path(__file__).parents[3]
SHARED = ROOT / ".." / "shared"
DATA = ROOT / "src" / "incidex" / "codebook" / "data"

needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the labelled corpora are not at ../shared")

GOLD_FIELDS = (
    *("action", "actor.role", "actor.motive", "actor.variety", "impact", "data.variety", "data.class"),
    *("victim.country", "actor.country", "victim.industry"),
)


@pytest.mark.parametrize("name", vocabularies())
def test_reads_every_vocabulary(name: str) -> None:
    terms = get_vocabulary(name)
    assert terms
    for term in terms.values():
        assert term.label == term.label.strip()
        assert all(alias and alias == alias.strip() for alias in term.aliases)
        assert not term.parent or term.parent in terms
    assert get_vocabulary(name) is terms


@pytest.mark.parametrize("name", vocabularies())
def test_never_lets_a_name_shadow_an_id(name: str) -> None:
    for number in get_vocabulary(name):
        assert number in {term.id for term in find_terms(name, number)}


@pytest.mark.parametrize(
    "name", sorted({field.vocabulary for field in fields().values() if field.vocabulary})
)
def test_tells_the_ids_of_a_closed_vocabulary_apart_whatever_their_case(name: str) -> None:
    if name not in {"actor", "malware", "tool"}:  # open: names there are only suggestions
        assert all(len(find_terms(name, number)) == 1 for number in get_vocabulary(name))


def test_stays_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 600_000


@pytest.mark.parametrize(
    ("vocabulary", "words", "meant"),
    [
        ("country", "US", "US"),
        ("country", "u.s.", "US"),
        ("country", "USA", "US"),
        ("country", "Britain", "GB"),
        ("country", "the  netherlands", "NL"),
        ("country", "South Korea", "KR"),
        ("country", "Turkey", "TR"),
        ("us_state", "Texas", "US-TX"),
        ("us_state", "Calif.", "US-CA"),
        ("technique", "T1566.001", "T1566.001"),
        ("technique", "T1685.005", "T1685.005"),  # new in ATT&CK 19.1
        ("technique", "LLMNR/NBT-NS Poisoning and SMB Relay", "T1557.001"),  # its name in 18
        ("actor", "COMMENT PANDA", "APT1"),
        ("malware", "TrickBot", "S0266"),
        ("data.class", "IMEI", "IMEI numbers"),
        ("currency", "bitcoins", "BTC"),
        ("industry", "Hospitals", "622"),
    ],
)
def test_finds_a_term_by_any_of_its_names(vocabulary: str, words: str, meant: str) -> None:
    assert [term.id for term in find_terms(vocabulary, words)] == [meant]


def test_finds_all_that_an_ambiguous_name_may_mean() -> None:
    assert [term.id for term in find_terms("technique", "phishing")] == ["T1566", "T1660"]


def test_finds_nothing_for_words_that_name_nothing() -> None:
    assert find_terms("country", "Atlantis") == ()


def test_keeps_demonyms_and_cues_apart_from_names() -> None:
    assert "American" in get_vocabulary("country")["US"].each("demonyms")
    assert find_terms("country", "American") == ()
    assert "hospital" in get_vocabulary("industry")["62"].each("cues")
    assert get_vocabulary("country")["US"].each("cues") == ()


def test_says_in_which_families_an_action_stands() -> None:
    terms = get_vocabulary("action.variety")
    assert terms["Phishing"].each("families") == ("social",)
    assert set(terms["Evade Defenses"].each("families")) == {
        "malware",
        "hacking",
        "social",
        "misuse",
        "physical",
    }


def test_ties_sub_techniques_to_their_techniques() -> None:
    term = get_vocabulary("technique")["T1566.001"]
    assert (term.label, term.parent) == ("Spearphishing Attachment", "T1566")
    assert term.extra["stix"].startswith("attack-pattern--")


def test_says_who_says_where_an_actor_is_from() -> None:
    actor = get_vocabulary("actor")["APT1"]
    assert (actor.extra["country"], actor.extra["said_by"], actor.extra["attack"]) == (
        "CN",
        "MISP galaxy",
        "G0006",
    )


def test_ties_every_state_to_a_country_and_a_postal_code() -> None:
    for term in get_vocabulary("us_state").values():
        assert term.extra["country"] == "US"
        assert term.id == f"US-{term.extra['postal']}"


def test_has_no_two_countries_with_one_name() -> None:
    for term in get_vocabulary("country").values():
        for name in term.names:
            assert find_terms("country", name) == (term,)


def test_ties_every_data_class_to_a_veris_variety() -> None:
    known = get_vocabulary("data.variety")
    assert all(term.extra["veris"] in known for term in get_vocabulary("data.class").values())


@pytest.mark.parametrize("name", ["contry", "../codebook", "", "country.tsv", "x" * 100_000])
def test_refuses_a_vocabulary_that_there_is_not(name: str) -> None:
    with pytest.raises(CodebookError, match="there is no vocabulary") as caught:
        get_vocabulary(name)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id\tname\nUS\tUnited States\n", "has the columns"),
        ("id\tlabel\taliases\tparent\nUS\tUnited States\t\n", "damaged at line 2"),
        ("id\tlabel\taliases\tparent\nUS\tUnited States\t\t\n\tFrance\t\t\n", "damaged at line 3"),
        ("id\tlabel\taliases\tparent\nUS\tUnited States\t\t\nUS\tAmerica\t\t\n", "'US' twice"),
        ("id\tlabel\taliases\tparent\nUS\tUnited States\t\tNA\n", "lacks the parents of US"),
    ],
)
def test_refuses_a_damaged_file_and_says_where(text: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidex.codebook.terms.read_data", {"vocabularies/country.tsv": text}.__getitem__)
    with pytest.raises(CodebookError, match=why):
        get_vocabulary.__wrapped__("country")


@needs_shared
@pytest.mark.parametrize("corpus", ["vcdb-text", "hibp-text"])
def test_holds_every_gold_label_as_it_is_spelled(corpus: str) -> None:
    wrong = set()
    for gold in _gold(corpus):
        for field in GOLD_FIELDS:
            wrong |= {(field, value) for value in _values(gold.get(field)) if not _is_canonical(field, value)}
    assert wrong == set()


def _gold(corpus: str) -> Iterator[Mapping[str, Any]]:
    with gzip.open(SHARED / "corpus" / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from (json.loads(line)["gold"] for line in lines)


def _values(held: object) -> list[str]:
    values = held if isinstance(held, list) else [held]
    return [str(value) for value in values if value not in (None, "")]


def _is_canonical(field: str, value: str) -> bool:
    try:
        return check_value(field, value) == value
    except CodebookError:
        return False


@needs_shared
def test_holds_every_state_and_every_count_of_the_gold() -> None:
    postal = {term.extra["postal"] for term in get_vocabulary("us_state").values()}
    for gold in _gold("hhs-text"):
        assert gold["state"] in {*postal, ""}
        assert check_value("data.records", str(gold["data.records"])) == str(gold["data.records"])


@needs_shared
def test_holds_every_value_of_the_veris_enumerations_that_fields_use() -> None:
    veris = json.loads((SHARED / "veris" / "verisc-enum.json").read_text(encoding="utf-8"))
    enumerations = {
        "security_incident": veris["security_incident"],
        "victim.size": veris["victim"]["employee_count"],
        "actor.motive": veris["actor"]["external"]["motive"],
        "asset.variety": veris["asset"]["assets"]["variety"],
        "data.variety": veris["attribute"]["confidentiality"]["data"]["variety"],
        "data.subject": veris["attribute"]["confidentiality"]["data_victim"],
    }
    for field, values in enumerations.items():
        assert list(get_vocabulary(get_field(field).vocabulary or "")) == values
    assert set(get_vocabulary("country")) == set(veris["victim"]["country"]) - {"Unknown", "Other"}


@needs_shared
def test_is_what_the_script_makes_from_the_shared_facts() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "make_vocabularies.py"))
    for name, text in script["make_all"](SHARED).items():
        assert (DATA / "v1" / "vocabularies" / f"{name}.tsv").read_text(encoding="utf-8") == text, name
