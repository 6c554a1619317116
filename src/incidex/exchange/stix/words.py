"""Words of the codebook in the vocabularies of STIX 2.1 and of its Incident Core Extension 2.0.

What has no word there goes out in its own: the vocabularies are open.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _table(**words: str) -> Mapping[str, str]:
    """Read "their-word" = "Our word|Our other word" the way round in which it is asked for."""
    pairs = ((ours, theirs) for theirs, all_ours in words.items() for ours in all_ours.split("|"))
    return MappingProxyType({ours: theirs.replace("_", "-") for ours, theirs in pairs})


#: `data.variety` as `information-type-ov`.
INFORMATION = _table(
    pii="Personal|Sensitive Personal",
    phi="Medical",
    payment="Payment",
    financial="Bank|Virtual currency",
    credentials_user="Credentials|Multi-factor credential|Session key",
    classified_material="Classified",
    proprietary="Secrets|Source code|Copyrighted",
    system="System|API key|Digital certificate",
)

#: `response` as `task-type-ov`.
TASKS = _table(
    victim_notification="users notified",
    reported="authority notified|public notice",
    external_outreach="law enforcement|arrest",
    containment="taken offline|sessions revoked|passwords reset|data removed|service suspended",
    external_support="forensic investigation",
    investigation="internal investigation",
    recovery="restored from backup|data recovered|devices replaced|cards reissued|compensation",
    implemented_control="vulnerability fixed|controls improved|credit monitoring",
    administrative="staff trained|staff disciplined|staff dismissed|contract ended|legal action",
    negotiation="ransom negotiated|ransom refused",
)

#: `discovery.method` as `detection-methods-ov`; any other side or way has its own words.
DETECTION = _table(
    message_from_attacker="External - Actor disclosure",
    external_notification="External - Audit|External - Customer|External - Emergency response team|"
    "External - Found documents|External - Fraud detection|External - Incident response|"
    "External - Law enforcement|External - Security researcher|External - Suspicious traffic|"
    "External - Unrelated 3rd party|External - Other|External - Unknown|Partner - Audit|"
    "Partner - Incident response|Partner - Monitoring service|Partner - Other|Partner - Unknown",
    automated_tool="Internal - Antivirus|Internal - Data loss prevention|Internal - Hids|Internal - Nids|"
    "Internal - Infrastructure monitoring|Internal - Security alarm|Partner - Antivirus",
    human_review="Internal - Financial audit|Internal - It review|Internal - Log review|"
    "Internal - Incident response|Internal - Offboarding|Internal - Break in discovered|"
    "Internal - Fraud detection",
    user_reporting="Internal - Reported by employee",
)

#: `action` and `action.variety` as `event-type-ov`, where a word there means no more than ours.
EVENTS = _table(
    ransomware="Ransomware",
    dissemination_phishing_emails="Phishing",
    denial_of_service="DoS",
    theft_access_credentials="Use of stolen creds",
    equipment_theft="Theft",
    equipment_loss="Loss",
    sql_injection="SQLi",
    xss="XSS",
    file_inclusion="RFI",
    exploit="Exploit vuln",
    data_exfiltration="Export data",
    destruction="Destroy data|Destruction",
    modification_information="Modify data",
    unauthorized_release="Publishing error|Misdelivery|Disposal error",
    unauthorized_equipment="Unapproved hardware",
    policy_violation="misuse",
    unintentional="error",
    natural="environmental",
    wiretapping="Wiretapping",
    worm_spreading="Worm",
    spam="Spam",
    dns_cache_poisoning="Cache poisoning",
    network_scanning="Scan network",
)

#: `actor.variety` as `threat-actor-type-ov`.
ACTORS = _table(
    activist="Activist",
    competitor="Competitor",
    crime_syndicate="Organized crime",
    nation_state="Nation-state|State-affiliated",
    terrorist="Terrorist",
    hacker="Unaffiliated",
    unknown="Unknown",
)

#: `actor.motive` as `attack-motivation-ov`; the other motives of VERIS have no word there.
MOTIVES = _table(
    personal_gain="Financial",
    ideology="Ideology",
    revenge="Grudge",
    personal_satisfaction="Fun",
    organizational_gain="Espionage",
)

#: `asset.variety` as `infrastructure-type-ov`.
ASSETS = _table(
    workstation="U - Desktop|U - Desktop or laptop|U - Laptop",
    firewall="N - Firewall",
    routers_switches="N - Router or switch",
    control_system="N - PLC|N - RTU|S - DCS|S - ICS",
)

#: `security_incident` as `incident-determination-enum`.
DETERMINATION = _table(
    confirmed="Confirmed", suspected="Suspected", failed_attempt="Near miss", false_positive="False positive"
)

#: `victim.industry`, by the first digits of NAICS 2022, as `industry-sector-ov`; the longest that fits.
SECTORS: Mapping[str, str] = MappingProxyType(
    {
        "11": "agriculture",
        "21": "mining",
        "22": "utilities",
        "23": "construction",
        "31": "manufacturing",
        "32": "manufacturing",
        "325": "chemical",
        "3254": "pharmaceuticals",
        "33": "manufacturing",
        "3361": "automotive",
        "3364": "aerospace",
        "42": "commercial",
        "44": "retail",
        "45": "retail",
        "48": "transportation",
        "49": "transportation",
        "51": "technology",
        "512": "entertainment",
        "517": "telecommunications",
        "52": "financial-services",
        "524": "insurance",
        "53": "commercial",
        "54": "commercial",
        "5415": "technology",
        "55": "commercial",
        "56": "commercial",
        "61": "education",
        "62": "healthcare",
        "71": "entertainment",
        "72": "hospitality-leisure",
        "81": "commercial",
        "813": "non-profit",
        "92": "government",
        "922": "emergency-services",
        "928": "defense",
    }
)


def find_sector(code: str) -> str:
    """Return the sector that a NAICS code of two to six digits lies in."""
    found = (SECTORS[code[:length]] for length in range(len(code), 1, -1) if code[:length] in SECTORS)
    return next(found, "commercial")


def to_kebab(words: str) -> str:
    """Write words as values of STIX vocabularies are written, as "former-employee"."""
    kept = "".join(each.lower() if each.isalnum() else "-" for each in words)
    return "-".join(part for part in kept.split("-") if part) or "other"
