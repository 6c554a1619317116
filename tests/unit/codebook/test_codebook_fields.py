"""What the codebook says of its fields, held against the design and the standards that it maps to."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from incidex.codebook import GROUPS, Field, Kind, fields, get_field, get_vocabulary, policy
from incidex.model import CodebookError, FieldPolicy, Role, Tier, Withheld

SHARED = Path(__file__).parents[3] / ".." / "shared"
VERIS = SHARED / "veris" / "verisc-merged.json"

# The design, section 4, word for word, and identifiers of the same incident elsewhere.
DESIGN = {
    "incident": "title summary description security_incident date.occurred date.ended date.discovered "
    "date.disclosed location.country identifier",
    "victim": "victim.name victim.domain victim.country victim.region victim.industry victim.size "
    "victim.secondary",
    "actor": "actor.role actor.variety actor.name actor.country actor.motive",
    "action": "action action.variety action.vector technique malware tool vulnerability",
    "attribute": "impact data.variety data.class data.records data.subject asset.variety outage.duration",
    "loss": "ransom.demanded ransom.paid loss.amount",
    "after": "discovery.method response indicator",
}

HIDDEN = {
    "impact": Withheld.NAMED,
    "actor.motive": Withheld.COUNT,
    "technique": Withheld.COUNT,
    "actor.name": Withheld.COUNT,
    "actor.variety": Withheld.NAMED,
    "actor.country": Withheld.NAMED,
    "action.variety": Withheld.NAMED,
    "action.vector": Withheld.NAMED,
    "asset.variety": Withheld.NAMED,
    "indicator": Withheld.COUNT,
    "ransom.demanded": Withheld.NAMED,
    "ransom.paid": Withheld.NAMED,
    "loss.amount": Withheld.NAMED,
}

EVERY = list(fields().values())


def test_holds_exactly_the_fields_of_the_design_in_its_order() -> None:
    assert list(fields()) == [name for group in DESIGN.values() for name in group.split()]


def test_groups_fields_as_the_design_does() -> None:
    assert {field.name: field.group for field in EVERY} == {
        name: group for group, names in DESIGN.items() for name in names.split()
    }
    assert tuple(DESIGN) == GROUPS


@pytest.mark.parametrize("field", EVERY, ids=lambda field: field.name)
def test_explains_every_field_with_an_example(field: Field) -> None:
    assert field.label
    assert 120 <= len(field.definition) <= 500
    assert "xample" in field.definition or '"' in field.definition
    assert "  " not in field.definition


@pytest.mark.parametrize("field", EVERY, ids=lambda field: field.name)
def test_has_a_vocabulary_wherever_values_are_limited_to_one(field: Field) -> None:
    if field.kind in {Kind.VOCABULARY, Kind.COUNTRY, Kind.MONEY, Kind.INDUSTRY, Kind.INDICATOR}:
        assert field.vocabulary
    if field.vocabulary:
        assert get_vocabulary(field.vocabulary)


def test_hides_from_the_public_what_the_members_pay_attention_to_and_nothing_else() -> None:
    assert {field.name: field.withheld for field in EVERY if field.tier is not Tier.CLEAR} == HIDDEN
    assert {field.tier for field in EVERY} == {Tier.CLEAR, Tier.GREEN}


def test_says_nothing_of_fields_that_anyone_may_see() -> None:
    assert {field.withheld for field in EVERY if field.tier is Tier.CLEAR} == {Withheld.SILENT}


def test_lets_an_authority_confirm_everything() -> None:
    assert all(Role.AUTHORITY in field.confirmed_by for field in EVERY)


def test_never_lets_the_actor_a_named_party_or_the_press_confirm() -> None:
    able = frozenset[Role]().union(*(field.confirmed_by for field in EVERY))
    assert able == {Role.AUTHORITY, Role.VICTIM, Role.RESEARCHER}


@pytest.mark.parametrize("name", DESIGN["actor"].split())
def test_takes_an_accusation_for_no_confirmation(name: str) -> None:
    assert get_field(name).confirmed_by == {Role.AUTHORITY}


@pytest.mark.parametrize(
    "name", ["victim.name", "impact", "data.class", "data.records", "response", "ransom.paid"]
)
def test_lets_a_victim_confirm_what_happened_to_it(name: str) -> None:
    assert Role.VICTIM in get_field(name).confirmed_by


@pytest.mark.parametrize("name", ["technique", "malware", "tool", "vulnerability", "indicator"])
def test_lets_a_researcher_confirm_what_can_be_examined(name: str) -> None:
    assert Role.RESEARCHER in get_field(name).confirmed_by


def test_gives_the_fold_its_policy_of_every_field() -> None:
    assert policy()["actor.motive"] == FieldPolicy(
        confirmed_by=frozenset({Role.AUTHORITY}), withheld=Withheld.COUNT, tier=Tier.GREEN, many=True
    )
    assert list(policy()) == list(fields())


def test_reads_its_file_once() -> None:
    assert fields() is fields()
    assert policy() is policy()


def test_suggests_the_field_that_was_meant() -> None:
    with pytest.raises(CodebookError, match=r"'data.recrds'.*did you mean 'data.records'"):
        get_field("data.recrds")


def test_answers_a_hostile_name_shortly() -> None:
    with pytest.raises(CodebookError) as caught:
        get_field("x" * 1_000_000)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("field", EVERY, ids=lambda field: field.name)
def test_maps_only_to_standards_that_there_are(field: Field) -> None:
    assert set(field.mapping) <= {"veris", "stix", "misp"}
    assert "misp" in field.mapping
    assert all(re.fullmatch(r"[\w.*:-]+", path) for path in field.mapping.values())


@pytest.mark.skipif(not VERIS.exists(), reason="the official VERIS schema is not at ../shared/veris")
def test_maps_only_to_paths_that_veris_has() -> None:
    known = set(_paths((), json.loads(VERIS.read_text(encoding="utf-8"))))
    for field in EVERY:
        if path := field.mapping.get("veris"):
            pattern = re.compile(re.escape(path).replace(r"\*", r"\w+"))
            assert any(pattern.fullmatch(each) for each in known), f"{field.name}: VERIS has no {path}"


def _paths(above: tuple[str, ...], schema: Mapping[str, Any]) -> Iterator[str]:
    for name, below in schema.get("properties", {}).items():
        yield ".".join((*above, name))
        yield from _paths((*above, name), below)
        yield from _paths((*above, name), below.get("items", {}))


def test_reads_no_file_and_imports_no_parser_until_asked() -> None:
    program = (
        "import sys, incidex.model; before = set(sys.modules); import incidex.codebook\n"
        "print(sorted({'tomllib', 'difflib', 'ipaddress', 'csv', 'json'} & (set(sys.modules) - before)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout.strip() == "[]"
