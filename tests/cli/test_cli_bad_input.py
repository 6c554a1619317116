"""Bad input gets one clear sentence and exit code 2; the rest of a batch goes on; failures are kept."""

import json
import os
import sqlite3
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from tests.cli.conftest import COMMAND, Run, environment

GOOD = "Example Corp suffered a data breach on 3 May 2024: hackers stole the passwords of 1,200 customers."


def assert_one_clear_sentence(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def image_only_pdf(path: Path) -> None:
    with pypdfium2.PdfDocument.new() as pdf:
        page = pdf.new_page(200, 200)
        bitmap = pypdfium2.PdfBitmap.new_native(20, 20, pypdfium2.raw.FPDFBitmap_BGR)
        picture = pypdfium2.PdfImage.new(pdf)
        picture.set_bitmap(bitmap)
        picture.set_matrix(pypdfium2.PdfMatrix().scale(100, 100))
        page.insert_obj(picture)
        page.gen_content()
        pdf.save(path)


ENCRYPTED_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
4 0 obj<</Filter/Standard/V 1/R 2/O<2055c756c72e1ad702608e8196acad447ad32d17cff583235f6dd15fed7dab67>\
/U<7150bd1da9d292af3627fca6a8dde1d696e25312041aed09059f9daee04353ae>/P -4>>endobj
trailer<</Root 1 0 R/Size 5/Encrypt 4 0 R\
/ID[<01020304050607080910111213141516><01020304050607080910111213141516>]>>
%%EOF
"""


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param("empty.txt", b"", ["empty.txt", "empty"], id="empty-file"),
        pytest.param("blank.html", b"<html><body> </body></html>", ["blank.html"], id="no-words"),
        pytest.param("junk.html", bytes(range(256)) * 40, ["junk.html"], id="binary-junk-named-html"),
        pytest.param("zip.pdf", b"PK\x03\x04" + b"\0" * 100, ["zip.pdf"], id="zip-named-pdf"),
        pytest.param("locked.pdf", ENCRYPTED_PDF, ["locked.pdf", "encrypted"], id="encrypted-pdf"),
    ],
)
def test_an_unusable_file_is_refused(
    run: Run, tmp_path: Path, name: str, content: bytes, words: list[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert_one_clear_sentence(run("code", tmp_path / name), *words)
    assert_one_clear_sentence(run("add", tmp_path / name), *words)


def test_a_pdf_of_pictures_says_so(run: Run, tmp_path: Path) -> None:
    image_only_pdf(tmp_path / "scan.pdf")
    assert_one_clear_sentence(run("code", tmp_path / "scan.pdf"), "scan.pdf", "picture")


def test_a_file_of_50_mb_is_refused_by_its_size(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(50_000_000)
    assert_one_clear_sentence(run("code", tmp_path / "large.txt"), "large.txt", "50,000,000")


@pytest.mark.parametrize(
    "nested",
    [
        pytest.param("<div>" * 80_000 + GOOD + "</div>" * 80_000, id="80000-nested-tags"),
        pytest.param("<div></span>" * 80_000 + GOOD, id="tags-that-fool-a-depth-guard"),
        pytest.param("<b><i><u>" * 100_000 + GOOD, id="never-closed"),
    ],
)
def test_nested_tags_end_in_time_with_a_record_or_a_sentence(run: Run, tmp_path: Path, nested: str) -> None:
    (tmp_path / "bomb.html").write_text(f"<html><body>{nested}</body></html>")
    (tmp_path / "good.txt").write_text(GOOD)
    done = run("add", tmp_path / "bomb.html", tmp_path / "good.txt")
    assert "good.txt" in done.stdout
    if "bomb.html" not in done.stdout:
        assert_one_clear_sentence(done, "bomb.html")


def test_wrong_and_missing_charsets_are_read(run: Run, tmp_path: Path) -> None:
    text = "Müller Österreich GmbH suffered a data breach: hackers stole the passwords of 1,200 customers."
    (tmp_path / "wrong.html").write_bytes(
        f'<html><head><meta charset="ascii"></head><body><p>{text}</p></body></html>'.encode()
    )
    (tmp_path / "missing.txt").write_bytes(text.encode("cp1252"))
    for name in ("wrong.html", "missing.txt"):
        done = run("code", tmp_path / name)
        assert done.returncode == 0, done.stderr
        assert "Müller Österreich" in done.stdout


def test_control_characters_do_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "steer.txt").write_bytes(b"\x00\x1b]0;owned\x07" + GOOD.encode() + "\x9b2J\u202e".encode())
    done = run("code", tmp_path / "steer.txt")
    assert done.returncode == 0, done.stderr
    assert not set(done.stdout) & {"\x00", "\x1b", "\x07", "\x9b", "\u202e"}


def test_offsets_are_right_in_right_to_left_and_combining_text(run: Run, tmp_path: Path) -> None:
    text = f"שלום עולם é\u0301 👩\u200d💻 — {GOOD}"
    done = run("code", "--jsonl", stdin=json.dumps({"id": "x", "text": text}) + "\n")
    line = json.loads(done.stdout)
    claims = [claim for incident in line["incidents"] for claim in incident["claims"]]
    assert claims
    for claim in claims:
        evidence = claim["evidence"]
        assert text[evidence["start"] : evidence["end"]] == evidence["quote"]


def test_a_missing_file_is_named(run: Run, tmp_path: Path) -> None:
    assert_one_clear_sentence(run("code", tmp_path / "nowhere.txt"), "nowhere.txt")


def test_an_unreadable_folder_is_named(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0)
    try:
        assert_one_clear_sentence(run("add", folder, without_root=True), "closed")
    finally:
        folder.chmod(0o700)


def test_the_rest_of_a_batch_goes_on_and_failures_are_kept(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a-empty.txt").write_bytes(b"")
    (folder / "b-good.txt").write_text(GOOD)
    (folder / "c-zip.pdf").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    done = run("add", folder)
    assert done.returncode == 2
    assert "b-good.txt" in done.stdout
    assert "2 could not be used" in done.stderr
    again = run("add", folder)
    assert "known" in again.stdout
    failed = [line for line in run("log", "--json").stdout.splitlines() if '"kind":"failed"' in line]
    assert len(failed) == 2, "a report that fails the same way again adds nothing"


def test_a_batch_names_its_bad_lines_and_codes_the_others(run: Run) -> None:
    lines = [
        json.dumps({"id": 1, "text": GOOD}),
        "not json",
        '{"id": 2}',
        json.dumps({"id": 3, "text": GOOD}),
    ]
    done = run("code", "--jsonl", stdin="\n".join(lines) + "\n")
    assert done.returncode == 2
    coded = [json.loads(line) for line in done.stdout.splitlines()]
    assert [bool(line.get("incidents")) for line in coded] == [True, False, False, True]
    assert "line 2" in done.stderr
    assert "line 3" in done.stderr


def test_two_workers_give_the_same_lines_as_one(run: Run) -> None:
    lines = "".join(json.dumps({"id": n, "text": f"{GOOD} Case {n}."}) + "\n" for n in range(150))
    one, two = (run("code", "--jsonl", "--workers", n, stdin=lines) for n in ("1", "2"))
    assert one.stdout == two.stdout
    assert len(one.stdout.splitlines()) == 150


def test_a_database_from_a_newer_version_is_left_alone(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD)
    run("add", tmp_path / "good.txt")
    with sqlite3.connect(home / "incidex.db") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    assert_one_clear_sentence(run("show", "example corp"), "newer")


def test_a_file_that_is_no_database_is_left_alone(run: Run, home: Path) -> None:
    home.mkdir()
    (home / "incidex.db").write_text("my diary")
    assert_one_clear_sentence(run("log"), "not an Incidex database")
    assert (home / "incidex.db").read_text() == "my diary"


def test_two_processes_add_at_once_and_neither_loses(home: Path, run: Run, tmp_path: Path) -> None:
    children = []
    for process in ("one", "two"):
        folder = tmp_path / process
        folder.mkdir()
        for number in range(15):
            (folder / f"{number:02}.txt").write_text(f"{GOOD} Told as {process} {number}.")
        children.append(
            subprocess.Popen([*COMMAND, "add", str(folder)], stdout=subprocess.PIPE, env=environment(home))
        )
    told = [child.communicate(timeout=120)[0].decode() for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert sum(text.count("added") for text in told) == 30
    assert "every one is as it was written" in run("log", "verify").stdout
    assert len({line.split()[-1] for text in told for line in text.splitlines()}) == 1, (
        "one victim, one incident"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["show", "nobody"], ["no database"], id="before-there-is-a-database"),
        pytest.param(["codebook", "victim.nam"], ["victim.name"], id="a-field-misspelt"),
        pytest.param(["add", "https://example.com/a"], ["address"], id="an-address"),
        pytest.param(["code", "https://example.com/a"], ["address"], id="an-address-to-code"),
        pytest.param(["code", "-", "--role", "wizard"], ["wizard"], id="an-unknown-role"),
        pytest.param(["code", "-", "--published", "2017-13"], ["2017-13"], id="an-impossible-date"),
    ],
)
def test_wrong_words_are_answered_with_the_right_ones(
    run: Run, arguments: list[str], words: list[str]
) -> None:
    assert_one_clear_sentence(run(*arguments, stdin=GOOD), *words)


def test_an_unknown_setting_is_an_error(run: Run) -> None:
    assert_one_clear_sentence(run("doctor", INCIDEX_DATABSE="x"), "INCIDEX_DATABSE", "INCIDEX_DATABASE")


def test_a_reader_that_goes_away_is_no_error(home: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*COMMAND, "codebook"], stdout=write, stderr=subprocess.PIPE, env=environment(home), check=False
    )
    os.close(write)
    assert b"Traceback" not in done.stderr
