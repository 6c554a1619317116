"""One cause, many victims: which incidents may belong together without being one."""

import pytest

from incidex.linking import Account, make_account, related, related_pairs


def known(text: str = "", **values: str) -> Account:
    held = {name.replace("_", ".", 1): frozenset(value.split("|")) for name, value in values.items()}
    return make_account(held, text)


CVE = "CVE-2023-34362"
PROVIDER = known(victim_name="Zellis", vulnerability=CVE, published="2023-06-05")


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (
            known(victim_name="Boots", vulnerability=CVE, published="2023-06-07"),
            "CVE-2023-34362",
        ),
        (
            known("Payroll of Zellis.", victim_name="BBC", vulnerability=CVE, published="2023-07"),
            "mentions zellis",
        ),
        (known(victim_name="MOVEit", victim_secondary="Zellis|Ofcom"), "struck zellis"),
    ],
)
def test_may_have_one_cause(other: Account, reason: str) -> None:
    assert reason in " ".join(related(PROVIDER, other))
    assert set(related(PROVIDER, other)) == set(related(other, PROVIDER))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(known(victim_name="Boots", published="2023-06-07"), id="nothing is shared"),
        pytest.param(
            known(victim_name="Boots", vulnerability=CVE, published="2024-06-07"),
            id="a year later",
        ),
        pytest.param(
            known(victim_name="Zellis UK", vulnerability=CVE, published="2023-06-07"),
            id="the same victim: one incident, if anything",
        ),
    ],
)
def test_has_no_common_cause(other: Account) -> None:
    assert related(PROVIDER, other) == ()


def test_each_victim_is_paired_with_the_first_of_its_campaign_and_not_with_all() -> None:
    later = [
        known(victim_name=name, vulnerability=CVE, published=f"2023-07-{day:02d}")
        for day, name in enumerate(("Boots", "Ofcom", "Siemens"), start=1)
    ]
    assert [pair[:2] for pair in related_pairs([*later, PROVIDER])] == [(0, 3), (1, 3), (2, 3)]
