"""A record leads to others of the same victim and the same actor, as far as the tier may see them."""

from incidex.codebook import policy
from incidex.model import Tier
from incidex.web import MemoryLibrary
from incidex.web.others import find_others
from tests.factories import claimed, linked, make_claim, make_history


def make_library() -> MemoryLibrary:
    pairs = (("Acme {0}", "APT28"), ("Acme {0}", "LockBit"), ("Other", "APT28"))
    return MemoryLibrary(
        [
            change
            for number, (victim, actor) in enumerate(pairs, start=1)
            for change in make_history(
                linked(),
                claimed(
                    make_claim(victim, field="victim.name"),
                    make_claim(actor, field="actor.name", tier=Tier.GREEN),
                ),
                record=f"inc-{number}",
            )
        ],
        policy(),
    )


def find(tier: Tier) -> dict[str, list[str]]:
    library = make_library()
    incident = library.find_incident("inc-1", tier)
    assert incident is not None
    return {each.heading: [line.link for line in each.lines] for each in find_others(library, incident, tier)}


def test_others_of_the_same_victim_and_of_the_same_actor() -> None:
    assert find(Tier.GREEN) == {
        "Others of Acme {0}": ["/incidents/inc-2"],
        "Others in which APT28 is named": ["/incidents/inc-3"],
    }


def test_the_public_is_led_by_what_it_sees() -> None:
    assert find(Tier.CLEAR) == {"Others of Acme {0}": ["/incidents/inc-2"]}
