"""What an incident did, as impacts of the Incident Core Extension: to data, to service, in money."""

from collections.abc import Sequence
from typing import Any

from incidex.exchange.loss import Lost
from incidex.exchange.stix.draft import Draft, percent, tier_of
from incidex.exchange.stix.fixed import IMPACT
from incidex.exchange.stix.words import INFORMATION, to_kebab
from incidex.model import Status, Value

Json = dict[str, Any]

#: The largest whole number that STIX holds (RFC 7493).
_LARGEST = 2**53 - 1

#: The least impact on availability that is not none; STIX demands a number from 0 to 100.
_SOME = 1

_MONEY = {
    "ransom.demanded": "ransom-demand",
    "ransom.paid": "ransom-payment",
    "loss.amount": "uncategorized",
}


def place_impacts(draft: Draft) -> None:
    """Put every impact into the bundle and refer to it from the incident."""
    made = [*_confidentiality(draft), *_integrity(draft), *_availability(draft), *_money(draft)]
    if made:
        draft.core["impact_refs"] = made


def _add(
    draft: Draft, category: str, key: str, values: Sequence[Value], details: Json, words: str = ""
) -> str:
    more: Json = {"description": words} if words else {}
    more.update({"impacted_refs": draft.victims} if draft.victims else {})
    impact = draft.own(
        "impact",
        category,
        key,
        tier=max(tier_of(value) for value in values),
        confidence=percent(max(value.confidence for value in values)),
        impact_category=category,
        **more,
        extensions={IMPACT: {"extension_type": "new-sdo"}, f"{category}-ext": details},
    )
    for value in values:
        draft.targets.setdefault((value.field, value.value), impact)
    return impact


def _of_impact(draft: Draft, name: str) -> list[Value]:
    return [value for value in draft.values("impact") if value.value == name]


def _is_confirmed(values: Sequence[Value]) -> bool:
    return any(value.status is Status.CONFIRMED for value in values)


def _confidentiality(draft: Draft) -> list[str]:
    """Make an impact for each kind of data; one of unknown data when no kind is named."""
    stated = _of_impact(draft, "confidentiality")
    kinds = draft.values("data.variety")
    counted = draft.one("data.records")
    classes = draft.values("data.class")
    words = f"Data exposed: {', '.join(value.value for value in classes)}" if classes else ""
    counts = _count(draft, counted, len(kinds))
    all_of_it = [*stated, *([counted] if counted else []), *classes]
    if not kinds and not all_of_it:
        return []
    if not kinds:
        draft.add_demanded("data.variety", "unknown", "STIX demands the kind of data, and nobody names it")
        details = {"information_type": "unknown", "loss_type": _say_loss(stated), **counts}
        return [_add(draft, "confidentiality", "", all_of_it, details, words)]
    made = []
    for kind in kinds:
        name = INFORMATION.get(kind.value) or to_kebab(kind.value)
        details = {"information_type": name, "loss_type": _say_loss([*stated, kind]), **counts}
        made.append(_add(draft, "confidentiality", kind.value, [kind, *all_of_it], details, words))
    return made


def _say_loss(values: Sequence[Value]) -> str:
    return "confirmed-loss" if _is_confirmed(values) else "suspected-loss"


def _count(draft: Draft, counted: Value | None, kinds: int) -> dict[str, int]:
    if counted is None:
        return {}
    if kinds > 1 or int(counted.value) > _LARGEST:
        why = (
            "STIX counts the records of one kind of data" if kinds > 1 else "the number is too large for STIX"
        )
        draft.lose(counted, Lost.VALUE, f"{why}; a note holds it")
        return {}
    return {"record_count": int(counted.value)}


def _integrity(draft: Draft) -> list[str]:
    stated = _of_impact(draft, "integrity")
    if not stated:
        return []
    draft.add_demanded("impact", "integrity", "STIX demands what was altered, and no field holds it: unknown")
    altered = "partial-modification" if _is_confirmed(stated) else "potential-modification"
    details = {"alteration": altered, "information_type": "unknown"}
    return [_add(draft, "integrity", "", stated, details)]


def _availability(draft: Draft) -> list[str]:
    stated = _of_impact(draft, "availability")
    outage = draft.one("outage.duration")
    values = [*stated, *([outage] if outage else [])]
    if not values:
        return []
    draft.add_demanded(
        "impact", "availability", f"STIX demands how strong it was, from 0 to 100: {_SOME}, the least of all"
    )
    if outage:
        draft.lose(outage, Lost.PRECISION, "STIX has no durations; it stands in the impact's description")
    words = f"Outage of {outage.value}" if outage else ""
    return [_add(draft, "availability", "", values, {"availability_impact": _SOME}, words)]


def _money(draft: Draft) -> list[str]:
    made = []
    for field, variety in _MONEY.items():
        value = draft.one(field)
        if value is None:
            continue
        currency, _, amount = value.value.partition(" ")
        number = float(amount) if "." in amount else int(amount)
        if not 0 < number <= _LARGEST:
            draft.lose(value, Lost.VALUE, "STIX takes amounts above zero that a number can hold")
            continue
        least = 0 if variety == "ransom-demand" else number
        details = {"variety": variety, "currency": currency, "min_amount": least, "max_amount": number}
        made.append(_add(draft, "monetary", field, [value], details))
    return made
