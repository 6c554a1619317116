"""How many people the victim employs: each row is a passage and a range of VERIS, or nothing."""

import pytest

from incidex.coding.base import Prepared
from incidex.coding.size import read_size
from incidex.model import Document


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("The firm, which employs about 340 people, was hit.", "101 to 1000"),
        ("It has 12,000 employees in ten countries.", "10001 to 25000"),
        ("A clinic with eight staff was hit.", "1 to 10"),
        ("It has a workforce of 200,000.", "Over 100000"),
        ("The data of 12,000 employees was stolen.", None),
        ("It told its employees.", None),
        ("", None),
    ],
)
def test_a_number_of_its_own_people_is_the_victims_size(text: str, size: str | None) -> None:
    found = [reading.value for reading in read_size(Prepared(Document(report="rep-1", text=text)))]
    assert found == ([size] if size else [])
