"""Names that no list has yet, told by how they are made ("TA505", "JSSLoader") or introduced."""

import re
from collections.abc import Iterator

from incidex.coding.base import Prepared
from incidex.coding.lexicon import Lexicon
from incidex.model import Span

#: Kinds of malicious program, which stand after or before their names.
_PROGRAMS = (
    "ransomware malware trojan backdoor stealer infostealer loader botnet wiper spyware worm rat keylogger "
    "rootkit downloader dropper banker implant"
)
#: Second words of the names that firms give to groups, by the country or trade that the first firm meant.
_ANIMALS = (
    "panda kitten bear spider chollima buffalo jackal leopard tiger lynx crane ocelot hawk "
    "typhoon blizzard sleet tempest sandstorm hail flood tsunami cyclone"
)
KINDS = Lexicon([*_PROGRAMS.split(), *_ANIMALS.split()])
_IS_PROGRAM = frozenset(_PROGRAMS.split())

#: Numbered names, as Mandiant, Proofpoint, Microsoft and CERT-UA give them; "TA0001" is a tactic of ATT&CK.
_NUMBERED = re.compile(
    r"[ADFSTU](?<![\w-].)(?:(?<=A)PT[- ]?(?:C ?- ?)?[0-9]{1,3}|(?<=T)A(?!00[0-9]{2}(?![0-9]))[0-9]{3,4}"
    r"|(?<=U)NC[0-9]{3,5}|(?<=F)IN[0-9]{1,2}|(?<=D)EV-[0-9]{4}|(?<=S)torm-[0-9]{4}|(?<=U)AC-[0-9]{4}|(?<=T)AG-[0-9]{2,3})(?![\w-])"
)
_NUMBERED_SIGNS = ("APT", "TA", "UNC", "FIN", "DEV-", "Storm-", "UAC-", "TAG-")
_FIRST_WORD = re.compile(r"(?<![\w-])([A-Z][a-z]{2,14}) $")
_NOT_FIRST = frozenset(
    {"The", "This", "That", "Giant", "Red", "Black", "Brown", "Great", "Polar", "Grizzly", "Super", "Perfect"}
)
#: What goes on after such words in the name of a place: "White Bear Lake".
_PLACE = re.compile(
    r" (?:Lake|River|Creek|Road|Street|Park|Valley|Mountain|Bay|Island|County|Hill|School)s?\b"
)

#: A name made of what the program does.
_SPEAKING = re.compile(
    r"[A-Z](?<![\w./-].)[A-Za-z0-9]{0,19}(?:Loader|RAT|Stealer|Crypter|Locker|Wiper|Grabber|Keylogger|Ransomware|"
    r"Backdoor|Miner|Dropper)(?![\w-])"
)
_SPEAKING_SIGNS = (
    "Loader",
    "RAT",
    "Stealer",
    "rypter",
    "Locker",
    "Wiper",
    "Grabber",
    "ogger",
    "somware",
    "Miner",
)
_HONEST = """
BitLocker AppLocker ClassLoader FileLocker PasswordStealer DataLoader BootLoader InfoStealer HttpLoader
DllLoader PELoader AntiRansomware NoRansomware CryptoMiner CoinMiner
"""
_NOT_PROGRAMS = frozenset(_HONEST.split())

_NAME = r"[A-Z][A-Za-z0-9]{2,24}(?:[-_.][A-Za-z0-9]{1,12})?"
_NAME_BEFORE = re.compile(rf"(?<![\w.@/-])(?P<open>[\"“‘'])?(?P<name>{_NAME})(?P<close>[\"”’'])?[ ]$")
_NAME_AFTER = re.compile(
    r"(?: (?:family|strain|program|variant))?,? (?:called|known as|named|dubbed|codenamed|tracked as) "
    rf"[\"“‘']?(?P<name>{_NAME})"
)
_COINED = re.compile(r"[a-z][A-Z]|[A-Z][0-9]|[a-z][0-9]|[0-9][a-z]|[A-Z]{2,}[a-z]")
#: Coined, and no malware: platforms, makers and the like that stand before the word.
_PLATFORMS = """
MacOS macOS iOS JavaScript PowerShell VBScript GitHub GitLab LinkedIn WhatsApp YouTube PayPal MySQL
NodeJS McAfee CrowdStrike FireEye SentinelOne ESXi VMware OneDrive SharePoint DevOps IoT PoS SaaS RaaS
MaaS Win32 Win64 Web3 AutoIt AutoIT AutoHotkey TrendMicro BleepingComputer PDFs DLLs APTs TTPs IOCs
"""
_ORDINARY = frozenset(_PLATFORMS.split())


def find_actors(prepared: Prepared) -> Iterator[tuple[Span, str, str]]:
    """Yield span, name and reason of groups whose names follow a pattern of the field."""
    text = prepared.text
    if any(sign in text for sign in _NUMBERED_SIGNS):
        for match in _NUMBERED.finditer(text):
            name = re.sub(r"^APT[- ](?=[0-9])", "APT", match[0])
            yield Span(*match.span()), name, "a numbered name of a group"
    for hit in prepared.find(KINDS):
        if hit.term in _IS_PROGRAM or not text[hit.start].isupper():
            continue
        first = _FIRST_WORD.search(text, max(0, hit.start - 17), hit.start)
        if not first or first[1] in _NOT_FIRST or _PLACE.match(text, hit.end):
            continue
        if text[hit.start + 1 : hit.end].islower():
            span = Span(first.start(1), hit.end)
            yield span, text[span.start : span.end], "a name as firms give to groups"


def find_programs(prepared: Prepared) -> Iterator[tuple[Span, str, str]]:
    """Yield span, name and reason of programs that the text calls malware; each wherever its name stands."""
    names: dict[str, str] = {}
    text = prepared.text
    if any(sign in text for sign in _SPEAKING_SIGNS):
        for match in _SPEAKING.finditer(text):
            if match[0] not in _NOT_PROGRAMS:
                names.setdefault(match[0], "a name that says what it does")
    for hit in prepared.find(KINDS):
        if hit.term in _IS_PROGRAM:
            for name in _introduced(text, hit.start, hit.end):
                names.setdefault(name, f"called {hit.term}")
    for name, why in names.items():
        for span in _places_of(name, text):
            yield span, name, why


def _places_of(name: str, text: str) -> Iterator[Span]:
    """Yield where a name stands alone, and not in a longer word, an address or a path."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        before, after = text[at - 1 : at], text[end : end + 1]
        is_inside = before.isalnum() or after.isalnum() or "_" in (before, after)
        if is_inside or after == "@" or (before and before in ".@/-"):
            at = text.find(name, at + 1)
            continue
        yield Span(at, end)
        at = text.find(name, end)


def _introduced(text: str, start: int, end: int) -> Iterator[str]:
    before = _NAME_BEFORE.search(text, max(0, start - 42), start)
    if before and before["name"] not in _ORDINARY:
        is_quoted = bool(before["open"] and before["close"])
        if is_quoted or _COINED.search(before["name"]):
            yield before["name"]
    after = _NAME_AFTER.match(text, end, end + 80)
    if after and after["name"] not in _ORDINARY:
        yield after["name"]
