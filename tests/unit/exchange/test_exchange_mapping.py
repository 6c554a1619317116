"""Tables in by a mapping: what cells say, what is wrong with rows, and the mappings that we bring."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from incidex.codebook import check_value
from incidex.exchange import IMPORTERS, Refused, Row, make_csv_reader, parse_mapping, suggest_mapping
from incidex.exchange.mapping import get_mapping
from incidex.exchange.rows import MOST_ROW_BYTES
from incidex.model import InputError, LimitError, Role, Stance

HEAD = """
name = "ours"
[source]
name = "The register"
role = "authority"
licence = "CC-BY-4.0"
"""
VICTIM = """
[[column]]
name = "who"
field = "victim.name"
"""


def read(content: bytes, columns: str = VICTIM) -> list[Row | Refused]:
    return list(make_csv_reader(parse_mapping(HEAD + columns, "ours.toml"))(io.BytesIO(content)))


def row_of(found: Sequence[Row | Refused]) -> Row:
    (row,) = found
    assert isinstance(row, Row), row
    return row


def values(row: Row) -> list[tuple[str, str]]:
    return [(claim.field, claim.value) for claim in row.claims]


def problem(found: Row | Refused) -> str:
    return found.issues[0].problem


def test_a_cell_is_what_its_column_says() -> None:
    columns = (
        VICTIM
        + """
[[column]]
name = "when"
field = "date.occurred"
date = "%d.%m.%Y"
[[column]]
name = "what"
split = ";"
values = { "Hack" = ["action=hacking"], "Theft" = ["action=physical", "action.variety=Theft"], "Other" = [] }
[[column]]
name = "state"
field = "victim.region"
write = "US-{}"
[[column]]
name = "site"
field = "victim.domain"
reading = "domain"
[[constant]]
field = "victim.country"
value = "US"
why = "the register is of the United States"
"""
    )
    content = b"who,when,what,state,site\nAcme,03.04.2017,hack;THEFT;other,TX,https://www.acme.example/x\n"
    row = row_of(read(content, columns))
    assert values(row) == [
        ("victim.name", "Acme"),
        ("date.occurred", "2017-04-03"),
        ("action", "hacking"),
        ("action", "physical"),
        ("action.variety", "Theft"),
        ("victim.region", "US-TX"),
        ("victim.domain", "acme.example"),
        ("victim.country", "US"),
    ]
    assert {claim.coder[:5] for claim in row.claims} == {"ours-"}
    assert row.report.licence == "CC-BY-4.0"


def test_a_row_is_kept_with_its_header() -> None:
    row = row_of(read(b'who,note\r\n"Acme,\nInc.",x\r\n'))
    assert row.raw == b'who,note\r\n"Acme,\nInc.",x\r\n'
    assert row.number == 2
    assert row.left == ("note",)


@pytest.mark.parametrize("cell", ["", "-", "Unknown", "N/A"])
def test_a_cell_that_nobody_knows_says_nothing(cell: str) -> None:
    (found,) = read(f"who,note\n{cell},x\n".encode())
    assert isinstance(found, Refused)


def test_speakers_are_who_the_mapping_says() -> None:
    columns = """
[[column]]
name = "who"
field = "victim.name"
speaker = "{gang}"
role = "actor"
stance = "doubts"
"""
    (claim,) = row_of(read(b"who,gang\nAcme,Bolt\n", columns)).claims
    assert (claim.speaker.name, claim.speaker.role, claim.stance) == ("Bolt", Role.ACTOR, Stance.DOUBTS)


@pytest.mark.parametrize(
    ("columns", "cell", "complaint"),
    [
        ('[[column]]\nname = "who"\nfield = "victim.country"', "Atlantis", "victim.country"),
        ('[[column]]\nname = "who"\nfield = "date.occurred"\ndate = "%d.%m.%Y"', "4/3/2017", "is not a date"),
        (
            '[[column]]\nname = "who"\nvalues = { "Hack" = ["action=hacking"] }',
            "Magic",
            "has no such value of who",
        ),
    ],
)
def test_an_unknown_value_is_an_issue_with_its_row_and_column(
    columns: str, cell: str, complaint: str
) -> None:
    (found,) = read(f"who\n{cell}\n".encode(), columns)
    issue = found.issues[0]
    assert (issue.row, issue.column, issue.value) == (2, "who", cell)
    assert complaint in issue.problem


def test_a_wrong_row_is_refused_and_the_rest_goes_on() -> None:
    found = read(b"who,note\nAcme\nBolt,1,2\nCr\x00ne,x\nD\xe9lta,x\nEcho,x\n\nFox,x\n")
    assert [problem(each) if isinstance(each, Refused) else values(each)[0][1] for each in found] == [
        "this row has 1 cells, and the header 2: quote the cells, or mend it",
        "this row has 3 cells, and the header 2: quote the cells, or mend it",
        "there is a NUL in this cell; no text has one",
        'this is not utf-8-sig; say encoding = "cp1252", or what it is, in the mapping',
        "Echo",
        "Fox",
    ]
    assert [each.number for each in found] == [2, 3, 4, 5, 6, 8]  # as a spreadsheet counts


def test_other_encodings_and_delimiters_are_read() -> None:
    columns = 'encoding = "cp1252"\n' + HEAD.strip() + VICTIM
    reader = make_csv_reader(parse_mapping(columns, "ours.toml"))
    (row,) = reader(io.BytesIO("who;note\nDélta;x\n".encode("cp1252")))
    assert isinstance(row, Row)
    assert values(row) == [("victim.name", "Délta")]
    assert values(row_of(read(b"\xef\xbb\xbfwho\tnote\nAcme\tx\n"))) == [("victim.name", "Acme")]


class Endless(io.BytesIO):
    """A file whose first line never ends."""

    def readline(self, size: int | None = -1, /) -> bytes:
        return b"x" * (size or 0)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no header"),
        (b"who,who\n", "the header has who twice"),
        (b"name\nAcme\n", "none of the mapping's columns is in the file"),
        ("who\nAcme\n".encode("utf-16"), "this is UTF-16 and no table"),
        (b",".join(b"c%d" % n for n in range(3000)), "2,000 are allowed"),
        (b'who\n"' + b"Acme\n" * 40_000, "is a quotation mark left open"),
        (b'who\n"' + b"\n" * 200_000, "is a quotation mark left open"),
    ],
)
def test_a_file_that_is_no_table_is_told_in_a_sentence(content: bytes, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read(content)


def test_a_line_without_end_is_stopped() -> None:
    reader = make_csv_reader(parse_mapping(HEAD + VICTIM, "ours.toml"))
    with pytest.raises(LimitError, match="line 1 is longer than"):
        list(reader(Endless()))
    with pytest.raises(LimitError, match="line 2 is longer than"):
        read(b"who\n" + b"x" * (MOST_ROW_BYTES + 10))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name = ", "is not TOML"),
        ("name = 'x'", "needs 'source'"),
        (HEAD + '[[column]]\nname = "a"\nfield = "victim.nme"', "no field 'victim.nme'"),
        (HEAD + '[[column]]\nname = "a"\ncolour = 1', "has no 'colour'"),
        (HEAD + '[[column]]\nname = "a"\nrole = "king"', "'king' is not a valid Role"),
        (HEAD + '[[column]]\nname = "a"\nvalues = { x = "y" }', "has no field"),
        (HEAD + '[[column]]\nname = "a"\nreading = "mind"', "read as text, domain, html"),
        (HEAD.replace("authority", "king"), "'king' is not a valid Role"),
        ("colour = 1", "the mapping has no 'colour'"),
    ],
)
def test_a_wrong_mapping_is_told_in_a_sentence(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse_mapping(text, "ours.toml")


def test_a_changed_mapping_signs_otherwise() -> None:
    first, second = (parse_mapping(HEAD + columns, "x") for columns in (VICTIM, VICTIM + "split = ';'\n"))
    assert first.coder != second.coder


def test_a_suggested_mapping_can_be_used_as_it_is() -> None:
    content = (
        b'Company,Date of breach,Records,Type,Odd "one"\n'
        b'Acme,04/23/2017,"1,200",hacking,1\nBolt,12/01/2018,5,Act of god,2\n'
    )
    text = suggest_mapping(io.BytesIO(content), "mine")
    assert 'date = "%m/%d/%Y"' in text
    assert '"Act of god" = ""' in text
    found = list(make_csv_reader(parse_mapping(text, "mine.toml"))(io.BytesIO(content)))
    assert [values(row) for row in found if isinstance(row, Row)] == [
        [
            ("victim.name", "Acme"),
            ("date.occurred", "2017-04-23"),
            ("data.records", "1200"),
            ("action", "hacking"),
        ],
        [("victim.name", "Bolt"), ("date.occurred", "2018-12-01"), ("data.records", "5")],
    ]
    assert [row.left for row in found if isinstance(row, Row)] == [('Odd "one"',), ('Odd "one"',)]


def csv_of(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


HHS = {
    "Name of Covered Entity": "Acme Clinic",
    "State": "TX",
    "Covered Entity Type": "Healthcare Provider",
    "Individuals Affected": "1200",
    "Breach Submission Date": "04/26/2017",
    "Type of Breach": "Theft, Unauthorized Access/Disclosure",
    "Location of Breached Information": "Laptop",
    "Business Associate Present": "No",
    "Web Description": "A laptop was stolen.",
}


def test_the_health_departments_portal() -> None:
    row = row_of(list(IMPORTERS["hhs"].read(io.BytesIO(csv_of(HHS)))))
    assert ("action.variety", "Theft") in values(row)
    assert row.document.text == "A laptop was stolen."
    assert (row.report.published, row.report.licence) == ("2017-04-26", "public domain")
    said = {claim.field: claim.speaker for claim in row.claims}
    assert (said["data.records"].name, said["data.records"].role) == ("Acme Clinic", Role.VICTIM)
    assert said["date.disclosed"].role is Role.AUTHORITY
    assert row.issues == ()


HIBP: dict[str, Any] = {
    "Name": "Acme",
    "Title": "Acme",
    "Domain": "acme.example",
    "BreachDate": "2017-04-01",
    "ModifiedDate": "2019-01-02T00:00:00Z",
    "PwnCount": 1200,
    "Description": 'In 2017, <a href="x">Acme</a> &amp; co. were breached.',
    "DataClasses": ["Email addresses", "Passwords"],
    "IsVerified": True,
    "IsFabricated": False,
    "IsSpamList": False,
    "NewFlag": True,
}


def test_have_i_been_pwned() -> None:
    content = json.dumps([HIBP, HIBP | {"IsSpamList": True, "Name": "Spam"}]).encode()
    row, spam = IMPORTERS["hibp"].read(io.BytesIO(content))
    assert isinstance(row, Row)
    assert row.document.text == "In 2017, Acme & co. were breached."
    assert values(row) == [
        ("identifier", "hibp:Acme"),
        ("victim.name", "Acme"),
        ("victim.domain", "acme.example"),
        ("date.occurred", "2017-04-01"),
        ("data.records", "1200"),
        ("data.class", "Email addresses"),
        ("data.class", "Passwords"),
        ("security_incident", "Confirmed"),
        ("description", "In 2017, Acme & co. were breached."),
        ("impact", "confidentiality"),
    ]
    assert row.left == ("NewFlag",)
    assert isinstance(spam, Refused)
    assert "no incident" in problem(spam)


@pytest.mark.parametrize(
    "post",
    [
        {
            "victim": "Acme",
            "group": "akira",
            "discovered": "2024-03-15T00:00:00Z",
            "attackdate": "2024-03-14 22:00:00",
        },
        {"post_title": "Acme", "group_name": "akira", "discovered": "2024-03-15 00:31:22.184320"},
    ],
)
def test_a_leak_sites_post_is_the_actors_word_and_never_a_fact(post: dict[str, str]) -> None:
    row = row_of(list(IMPORTERS["ransomware"].read(io.BytesIO(json.dumps([post]).encode()))))
    (claim,) = [claim for claim in row.claims if claim.field == "victim.name"]
    assert (claim.speaker.name, claim.speaker.role) == ("akira", Role.ACTOR)
    assert row.issues == ()
    assert ("date.disclosed", "2024-03-15") in values(row)


@pytest.mark.parametrize("name", ["hhs", "hibp", "ransomware"])
def test_the_values_of_our_mappings_are_in_the_codebook(name: str) -> None:
    mapping = get_mapping(name)
    said = [pair for column in mapping.columns for pairs in column.values.values() for pair in pairs]
    said += [(constant.field, constant.value) for constant in mapping.constants]
    assert [check_value(field, value) for field, value in said] == [value for _, value in said]


@pytest.mark.parametrize("name", ["hibp", "ransomware"])
def test_an_empty_row_says_nothing_by_its_constants(name: str) -> None:
    (found,) = IMPORTERS[name].read(io.BytesIO(b'{"odd": 1}'))
    assert isinstance(found, Refused)


def test_the_mappings_are_all_used() -> None:
    folder = Path(__file__).parents[3] / "src/incidex/exchange/data/mappings"
    assert {path.stem for path in folder.glob("*.toml")} <= set(IMPORTERS)


KEYED = '[row]\nkey = "number"\n' + VICTIM


def test_rows_of_one_key_are_versions_of_one_another_whatever_else_they_say() -> None:
    first, second, other = read(b"number,who\n7,Acme\n 7 ,Bolt\n8,Acme\n", KEYED)
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert isinstance(other, Row)
    assert first.key == second.key != other.key
    renamed = HEAD.replace('"ours"', '"costs"') + KEYED
    (elsewhere,) = make_csv_reader(parse_mapping(renamed, "costs.toml"))(io.BytesIO(b"number,who\n7,Acme\n"))
    assert isinstance(elsewhere, Row)
    assert elsewhere.key != first.key, "another mapping reads other things of the same rows"


def test_a_row_without_a_key_has_none_and_a_wrong_key_is_told() -> None:
    assert row_of(read(b"who\nAcme\n")).key == ""
    assert row_of(read(b"number,who\n,Acme\n", KEYED)).key == ""
    with pytest.raises(InputError, match="key number is no column of the file"):
        read(b"who\nAcme\n", KEYED)
    with pytest.raises(InputError, match="key is a column, or several"):
        parse_mapping(HEAD + "[row]\nkey = 7\n" + VICTIM, "ours.toml")


def test_the_identifier_is_the_key_unless_the_mapping_says_otherwise() -> None:
    columns = VICTIM + '[[column]]\nname = "number"\nfield = "identifier"\nwrite = "ours:{}"\n'
    first, second = read(b"number,who\n7,Acme\n7,Bolt\n", columns)
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert first.key == second.key != ""


@pytest.mark.parametrize("name", ["hhs", "hibp", "ransomware"])
def test_every_mapping_of_ours_has_a_key(name: str) -> None:
    assert get_mapping(name).key


def test_a_suggested_mapping_names_a_key_where_a_column_tells_all_rows_apart() -> None:
    assert 'key = ["number"]' in suggest_mapping(io.BytesIO(b"who,number\nAcme,1\nAcme,2\n"), "mine")
    assert '# key = ["' in suggest_mapping(io.BytesIO(b"who\nAcme\nAcme\n"), "mine")
