from collections import Counter

from incidex.evaluate.split import part_of


def row(name: str, number: int = 0) -> dict[str, object]:
    return {"id": f"x:{number}", "gold": {"victim.name": name}}


def test_a_victim_stands_in_one_part_however_its_name_is_spelt() -> None:
    spellings = ("The Acme Company", "acme", "ACME, Inc", "Acme Co.")
    assert len({part_of(row(name, number)) for number, name in enumerate(spellings)}) == 1


def test_the_sentences_of_one_report_stand_together() -> None:
    assert len({part_of({"id": f"lab_report__s{number:04}"}) for number in range(50)}) == 1


def test_a_fifth_is_held_back_and_a_tenth_chosen_on() -> None:
    parts = Counter(part_of(row(f"victim {number}")) for number in range(5000))
    assert 900 < parts["test"] < 1100
    assert 430 < parts["dev"] < 570


def test_a_row_without_a_victim_goes_by_its_id() -> None:
    parts = {part_of({"id": f"r{number}", "gold": {"victim.name": ""}}) for number in range(60)}
    assert parts == {"train", "dev", "test"}
