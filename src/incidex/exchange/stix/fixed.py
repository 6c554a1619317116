"""What is the same in every bundle: TLP 2.0 markings, the extensions of OASIS that we use, and our own.

The objects of OASIS stand as published in https://github.com/oasis-open/cti-stix-common-objects (`objects/`),
with their ids, times, names and versions; only the descriptions, which are prose of theirs, are left out.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from incidex.exchange.stix.ids import ALWAYS, make_id
from incidex.model import Tier

Json = dict[str, Any]

INCIDENT_CORE = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
EVENT = "extension-definition--4ca6de00-5b0d-45ef-a1dc-ea7279ea910e"
IMPACT = "extension-definition--7cc33dd6-f6a1-489b-98ea-522d351d71b9"
TASK = "extension-definition--2074a052-8be4-4932-849e-f5e7798e0030"
TLP = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
OURS = "extension-definition--8b672b3c-ba7a-4367-9586-3f56064b5548"

MARKINGS: Mapping[Tier, str] = MappingProxyType(
    {
        Tier.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
        Tier.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        Tier.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        Tier.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    }
)
#: The markings of an object, by the number of its tier: hashing a member of an enumeration takes longer.
MARKED = tuple([MARKINGS[tier]] for tier in Tier)
PRODUCER = make_id("identity", "system", "Incidex")
OASIS = "identity--8ce3f695-d5a4-4dc8-9e93-a65af453a31a"
_COMMON = (
    "https://github.com/oasis-open/cti-stix-common-objects/tree/main/extension-definition-specifications"
)

OUR_SCHEMA = """\
Claims of Incidex, a database in which every value says who says it. On an incident: record, version, tier
and values, a list of field, value, status (reported, claimed, confirmed or disputed), reasons, confidence
(0 to 1) and reviewed. On a note or opinion: one claim, as record, claim (its id), field, value, stance
(asserts, denies or doubts), speaker, speaker_role, report (id of a report of ours), quote with start and
end (code points of the report's text), prefix and suffix, or no_evidence (imported or analyst_note); coder,
probability (0 to 1), tier and why. On a report: record, sha256, publisher, publisher_role, reliability
(Admiralty, A to F), published (EDTF), register, origin, accounts, tier. Fields and values are those of the
Incidex codebook, version 1."""


def _define(id_: str, name: str, created: str, modified: str, **more: object) -> Json:
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": id_,
        "created_by_ref": OASIS,
        "created": created,
        "modified": modified,
        "name": name,
        **more,
    }


def _mark(tier: Tier) -> Json:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": MARKINGS[tier],
        "created": "2022-10-01T00:00:00.000Z",
        "name": f"TLP:{tier.name}",
        "extensions": {TLP: {"extension_type": "property-extension", "tlp_2_0": tier.name.lower()}},
    }


#: In the order in which they stand in every bundle. What a bundle does not use is left out of it.
FIXED: Mapping[str, Json] = MappingProxyType(
    {
        each["id"]: each
        for each in (
            {
                "type": "identity",
                "spec_version": "2.1",
                "id": OASIS,
                "created": "2021-03-13T20:09:20.8889Z",
                "modified": "2021-12-01T16:19:51.601791Z",
                "name": "OASIS",
                "identity_class": "organization",
            },
            {
                "type": "identity",
                "spec_version": "2.1",
                "id": PRODUCER,
                "created": ALWAYS,
                "modified": ALWAYS,
                "name": "Incidex",
                "description": "A database of cyber incidents in which every value is a claim.",
                "identity_class": "system",
            },
            _define(
                TLP,
                "TLP 2.0",
                "2022-10-01T00:00:00.000Z",
                "2022-10-01T00:00:00.000Z",
                schema=f"{_COMMON.replace('/main/', '/master/')}/tlp-2.0",
                version="1.0.0",
                extension_types=["property-extension"],
            ),
            *(_mark(tier) for tier in Tier),
            _define(
                INCIDENT_CORE,
                "Incident Core Extension",
                "2020-10-19T20:51:00.000Z",
                "2023-07-11T00:56:00.000Z",
                schema=f"{_COMMON}/incident-ef7",
                version="2.0.0",
                extension_types=["property-extension"],
            ),
            _define(
                EVENT,
                "Event Extension",
                "2023-05-16T20:47:23.388576Z",
                "2023-05-16T20:47:23.388576Z",
                schema=f"{_COMMON}/incident-core/event",
                version="1.0.0",
                extension_types=["new-sdo"],
            ),
            _define(
                IMPACT,
                "Impact Extension",
                "2023-05-16T21:01:53.607242Z",
                "2023-05-16T21:01:53.607242Z",
                schema=f"{_COMMON}/incident-core/impact",
                version="1.0.0",
                extension_types=["new-sdo"],
            ),
            _define(
                TASK,
                "Task Extension",
                "2023-05-16T21:24:16.596743Z",
                "2023-05-16T21:24:16.596743Z",
                schema=f"{_COMMON}/incident-core/task",
                version="1.0.0",
                extension_types=["new-sdo"],
            ),
            {
                "type": "extension-definition",
                "spec_version": "2.1",
                "id": OURS,
                "created_by_ref": PRODUCER,
                "created": ALWAYS,
                "modified": ALWAYS,
                "name": "Incidex claims",
                "description": "Who says what of an incident, in which words, and what that adds up to.",
                "schema": OUR_SCHEMA,
                "version": "1.0.0",
                "extension_types": ["property-extension"],
            },
        )
    }
)
