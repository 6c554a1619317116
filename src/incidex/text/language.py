"""Which language a text is in, where it is long enough to tell.

Letter statistics alone take one English report in fifty for French, Catalan or Latin, because reports are
full of names and figures. So the small words decide first: no text is English without "the", "and" and "of",
and none is foreign that has more of them than of its own. Another script needs no words to tell.
"""

import re
from collections.abc import Mapping
from unicodedata import normalize

#: Shorter texts are left alone: "Garmin down" is anyone's guess. Counted in bytes of UTF-8, since a letter
#: tells more in a script of many than in one of few.
MIN_LETTER_BYTES = 40

#: Letters are counted in texts shorter than this; a longer one of figures has no words, and is told by that.
_SHORT = 200

#: Of a longer text, this much is looked at, from its beginning, middle and end: a translation may follow.
SAMPLE_CHARACTERS = 3900

#: One of the three commonest English words in so many characters, and it is English: two thirds of the usual.
_ENGLISH_EVERY = 80

#: The detector's distance from the nearest language; beyond this it is usually wrong. By script alone, twelve
#: scripts of fifteen are right whatever the distance.
_MAX_DISTANCE = 1000
_MAX_DISTANCE_OF_SCRIPT = 1600

#: Foreign small words that a text must have at least; a name may hold two ("La Banque de France").
_LEAST_FOREIGN = 3

#: So many words of one language in a text outweigh that it looks like one of which no words are known here.
_FEW = 4

LETTERS = re.compile(r"[^\W\d_]+")
#: Vietnamese has its own block of Latin letters, from 1e00 on.
_BEYOND_LATIN = re.compile("[\u0250-\u1dff\u1f00-\U0010ffff]+")
_ACCENTED = re.compile(r"[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]")

_ENGLISH_WORDS = """the and of to with from that which were been their this by was has have its are they after
said who also about not it for would other says claims breach hacked leaked stolen attack records"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())

#: Small words of languages in Latin script; none that is also English, or common in English names.
_SMALL_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "de": "der das und nicht von mit den ist auf wurde wurden sich eine einer dem des im für dass ein "
        "auch nach bei zu haben sind",
        "fr": "de la un les et des est dans une que pour sur par pas du au qui ont été aux "
        "cette le il avait à sont",
        "es": "de la un el los las que en y del por con una se fue para sus al más lo como han",
        "pt": "de um os da do das dos que em não uma com para foi ao ao mais e na no pela seus são",
        "it": "la un il che di per una della con sono è le nel gli dei del hanno stati dati non alla i",
        "nl": "het een van en dat niet zijn voor met op werd bij heeft de te zijn werden naar ook",
        "sv": "och att det som på är för en av till den med har inte om sig ett",
        "no": "og at det som på er for en av til den med har ikke et ble om",
        "da": "og at det som på er for en af til den med har ikke et blev om",
        "pl": "w i na z się nie jest że przez dla oraz do od po o jak są",
        "cs": "a na se že v do je pro byl byly z od po jsou o",
        "sk": "a na sa že v do je pre bol boli z od po sú o",
        "hu": "a az és hogy nem egy volt is meg be el",
        "fi": "ja on oli että ei se joka ovat olivat mutta myös",
        "tr": "ve bir bu için ile olarak da de olan çok daha",
        "ro": "și în la cu pe care din nu au fost este că ale o prin",
        "ca": "de la un els les amb per una que del i han va dels",
        "id": "dan yang di dengan untuk dari ini pada telah ke tidak bahwa",
        "vi": "và của là có không được cho trong các những đã một với",
        "hr": "je i u na se su da za od koji nije bio",
    }.items()
}
#: Small words of several languages, English among them, and single letters: they tell nothing.
_COMMON_WORDS = "a i o w y z u e k v s in on as so no do me he we at is an or over men den die war had"
_COMMON = frozenset(_COMMON_WORDS.split())
_FOREIGN = frozenset().union(*_SMALL_WORDS.values()) - _ENGLISH - _COMMON

#: Languages told by a range of letters; kana before Han, which Japanese has as well.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]+")),
    ("ko", re.compile("[\uac00-\ud7af]+")),
    ("zh", re.compile("[\u4e00-\u9fff]+")),
    ("uk", re.compile("[\u0456\u0457\u0454\u0491]+")),
    ("fa", re.compile("[\u067e\u0686\u0698\u06af]+")),
)
_CZECH = re.compile("[ěřů]")

#: The detector takes Hindi for Nepali; another script than Latin is not English.
_NOT_TOLD_APART = frozenset({"ne", "en"})
_TELLING = {"zh": 0.3, "uk": 0.02, "fa": 0.02}


def language_of(text: str) -> str:
    """Return the language that most of a text is in, as an ISO 639-1 code.

    Returns "" when the text is too short or too mixed to tell, or has no words.
    """
    sample = _sample(text)
    if _is_other_script(sample):
        return _language_of_script(sample)
    plain = f" {sample.lower()} "
    found = plain.count(" the ") + plain.count(" and ") + plain.count(" of ")
    if found * _ENGLISH_EVERY >= len(sample) >= MIN_LETTER_BYTES:
        return "en"
    if len(sample) < _SHORT and sum(map(len, LETTERS.findall(sample))) < MIN_LETTER_BYTES:
        return ""
    return _language_of_words(sample, plain.split())


def is_english(text: str, language: str = "") -> bool:
    """Say whether rules for English may read a text; what is too short to tell counts as English.

    Give the language where it is known.
    """
    known = language or language_of(text)
    return known == "en" or (not known and not _is_other_script(_sample(text)))


def _sample(text: str) -> str:
    if len(text) > SAMPLE_CHARACTERS:
        part, middle = SAMPLE_CHARACTERS // 3, len(text) // 2
        text = f"{text[:part]} {text[middle : middle + part]} {text[-part:]}"
    return text if text.isascii() else normalize("NFC", text)


def _is_other_script(sample: str) -> bool:
    """Say whether most of the letters, by their bytes, are of another script than Latin."""
    # Fewer than one in five beyond Western Europe's, and there is no need to look at each.
    if len(sample.encode("latin-1", "ignore")) * 5 >= len(sample) * 4:
        return False
    letters = "".join(LETTERS.findall(sample))
    beyond = "".join(_BEYOND_LATIN.findall(letters))
    return len(beyond.encode("utf-8", "replace")) > len(letters) - len(beyond)


def _detect(sample: str, cutoff: int) -> str:
    """Return the nearest language by the statistics of letters; "" beyond the cutoff."""
    from resiliparse.parse.lang import detect_fast

    found, distance = detect_fast(sample.encode("utf-8", "replace").decode(), cutoff=cutoff)
    return found if distance and len(found) == 2 else ""


def _language_of_script(sample: str) -> str:
    letters = "".join(LETTERS.findall(sample))
    for language, script in _SCRIPTS:
        share = sum(map(len, script.findall(letters))) / len(letters)
        if share > _TELLING.get(language, 0.05):
            return language
    if len(letters.encode("utf-8", "replace")) < MIN_LETTER_BYTES:
        return ""
    found = _detect(sample, _MAX_DISTANCE_OF_SCRIPT)
    return "" if found in _NOT_TOLD_APART else found


def _language_of_words(sample: str, words: list[str]) -> str:
    """Return whose small words a text in Latin letters is made with."""
    english = sum(map(_ENGLISH.__contains__, words))
    foreign = sum(map(_FOREIGN.__contains__, words))
    if english and english >= foreign:
        return "en"
    if not foreign or (foreign < _LEAST_FOREIGN and len(_ACCENTED.findall(sample)) < _LEAST_FOREIGN):
        return ""
    found = _detect(sample, _MAX_DISTANCE)
    own = sum(map(_SMALL_WORDS.get(found, frozenset()).__contains__, words))
    if own * 2 >= max(foreign, 1):
        return _name(found, sample)
    ranked = {name: sum(map(small.__contains__, words)) for name, small in _SMALL_WORDS.items()}
    best = max(ranked, key=lambda name: ranked[name])
    doubted = ranked[best] > _FEW if found not in ranked else ranked[found] * 2 < ranked[best]
    if not found or doubted:
        return best
    return _name(found, sample)


def _name(found: str, sample: str) -> str:
    """Return the language that was found; Czech, which the detector takes for Slovak, by its letters."""
    return "cs" if found == "sk" and _CZECH.search(sample) else found
