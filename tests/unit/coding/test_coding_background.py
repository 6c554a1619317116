"""Other cases that an article recalls: what is said of them is not said of the news."""

import pytest

from incidex.coding import code
from incidex.coding.background import find_background
from incidex.coding.table import prepare
from incidex.model import Document

NEWS = (
    "Hackers copied the files of 31,000 patients of Meridian Care, the hospital said on Monday. They were in "
    "its network for a week. Letters will go out soon. The police were told. Operations went on. "
    "The hospital has 400 beds. It was founded by nuns. "
)
END = " Experts advise to keep copies. The hospital will buy new computers. Shares were unchanged."


@pytest.mark.parametrize(
    "recalled",
    [
        "In 2021 a bank clerk in Ostrand copied the data of 9,000 customers.",
        "Last year the Oak Hill Clinic lost the records of 9,000 patients.",
        "Two years ago hackers encrypted 9,000 computers of a county.",
        "In 2020 another hospital was extorted and 9,000 files were published.",
    ],
)
def test_a_dated_case_of_somebody_else_is_left_out(recalled: str) -> None:
    text = NEWS + recalled + END
    spans = find_background(prepare(Document(report="r", text=text)))
    assert [span.within(text) for span in spans] == [recalled]
    claims = [claim for coded in code(Document(report="r", text=text)) for claim in coded.claims]
    assert {claim.value for claim in claims if claim.field == "data.records"} == {"31000"}


@pytest.mark.parametrize(
    "told",
    [
        "In 2021 the hospital bought the software through which they came.",
        "In March 2021 a nurse had noticed 200 strange log-ins.",
        "Last year it was warned by an auditor.",
    ],
)
def test_what_went_before_the_same_case_stays(told: str) -> None:
    assert find_background(prepare(Document(report="r", text=NEWS + told + END))) == ()
