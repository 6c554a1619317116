"""Reports in other languages: what is the same everywhere is read, nothing else, and a note says so."""

from collections.abc import Iterable

import pytest

from incidex.app.coders import code_report
from incidex.coding import CODERS, Coder, Prepared, Reading, code, language_note
from incidex.coding.languages import _IN_ANY
from incidex.model import Claim, Document, Report, Source, Span, Stance

HASH = "d41d8cd98f00b204e9800998ecf8427e"

#: Each tells of APT29, CVE-2021-44228, T1566, a hash and evil[.]example, with words that mislead in English.
REPORTS = {
    "de": (
        "Die Gruppe APT29 nutzte die Schwachstelle CVE-2021-44228 und das Verfahren T1566, um in "
        f"das Netz der Stadt zu gelangen. Der Server war mit der Datei {HASH} infiziert, die von "
        "evil[.]example geladen wurde."
    ),
    "fr": (
        "Le groupe APT29 a exploité la faille CVE-2021-44228 et la technique T1566 pour entrer "
        f"dans le réseau de la ville. Le fichier {HASH} a été téléchargé depuis evil[.]example, "
        "selon les enquêteurs."
    ),
    "es": (
        "El grupo APT29 aprovechó la vulnerabilidad CVE-2021-44228 y la técnica T1566 para "
        f"entrar en la red del ayuntamiento. El archivo {HASH} no fue descargado de otro sitio "
        "que evil[.]example, según la policía."
    ),
    "pt": (
        "O grupo APT29 explorou a falha CVE-2021-44228 e a técnica T1566 para entrar no sistema "
        f"da prefeitura. O arquivo {HASH} foi baixado de evil[.]example e no servidor havia mais "
        "dados, segundo a polícia."
    ),
    "nl": (
        "De groep APT29 gebruikte het lek CVE-2021-44228 en de techniek T1566 om in het netwerk "
        f"van de gemeente te komen. Het bestand {HASH} werd van evil[.]example gehaald, aldus de "
        "politie."
    ),
    "pl": (
        "Grupa APT29 wykorzystała lukę CVE-2021-44228 i technikę T1566, aby dostać się do sieci "
        f"urzędu miasta. Plik {HASH} został pobrany z evil[.]example, jak podała policja w "
        "poniedziałek."
    ),
    "ru": (
        "Группа APT29 использовала уязвимость CVE-2021-44228 и технику T1566, чтобы проникнуть в "
        f"сеть города. Файл {HASH} был загружен с evil[.]example, сообщила полиция в понедельник."
    ),
    "zh": (
        "黑客组织 APT29 利用漏洞 CVE-2021-44228 和技术 T1566 入侵了市政府的"
        f"网络。恶意文件 {HASH} 是从 evil[.]example 下载的,警方周一表示,一万二千"
        "名居民的数据被窃取,调查仍在进行之中。"
    ),
    "ja": (
        "攻撃グループ APT29 は脆弱性 CVE-2021-44228 と手法 T1566 を悪用して"
        f"市のネットワークに侵入した。ファイル {HASH} は evil[.]example からダウン"
        "ロードされたと警察は月曜日に発表した。"
    ),
    "ko": (
        "해킹 조직 APT29 는 취약점 CVE-2021-44228 과 기법 T1566 을 "
        f"이용해 시 네트워크에 침입했다. 파일 {HASH} 은 evil[.]example 에서 "
        "내려받은 것으로 경찰이 월요일 발표했다. 주민의 개인정보가 유출되었다."
    ),
    "ar": (
        "استغلت مجموعة APT29 الثغرة CVE-2021-44228 والتقنية T1566 للدخول إلى شبكة البلدية. تم "
        f"تنزيل الملف {HASH} من evil[.]example حسب ما أعلنت الشرطة يوم الاثنين وتم إيقاف الخوادم."
    ),
    "el": (
        "Η ομάδα APT29 εκμεταλλεύτηκε το κενό CVE-2021-44228 και την τεχνική T1566 για να "
        f"εισβάλει στο δίκτυο του δήμου. Το αρχείο {HASH} κατέβηκε από το evil[.]example, "
        "ανακοίνωσε η αστυνομία."
    ),
}

READ = {
    ("actor.name", "APT29"),
    ("vulnerability", "CVE-2021-44228"),
    ("technique", "T1566"),
    ("indicator", f"hash:{HASH}"),
    ("indicator", "domain:evil.example"),
}


def claims(text: str, language: str = "") -> list[Claim]:
    document = Document(report="rep-1", text=text, language=language)
    return [claim for coded in code(document) for claim in coded.claims]


@pytest.mark.parametrize("language", REPORTS)
def test_identifiers_and_names_are_read_and_nothing_else(language: str) -> None:
    found = claims(REPORTS[language])
    assert {(claim.field, claim.value) for claim in found} == READ
    assert {claim.stance for claim in found} == {Stance.ASSERTS}
    assert all(claim.evidence and claim.evidence.is_verbatim_in(REPORTS[language]) for claim in found)


@pytest.mark.parametrize("language", REPORTS)
def test_a_note_says_so(language: str) -> None:
    note = language_note(Document(report="rep-1", text=REPORTS[language]))
    assert note.startswith(f"not in English ({language}): only identifiers and names")


def test_the_note_stands_with_the_document_and_english_has_none() -> None:
    report = Report(sha256="1" * 64, source=Source(name="The Morning Wire"))
    german = code_report(
        report, Document(report=report.id, text=REPORTS["de"], notes=("page 2 is an image",))
    )
    assert [note.partition(":")[0] for note in german.document.notes] == [
        "page 2 is an image",
        "not in English (de)",
    ]
    english = Document(report=report.id, text="Acme Foods confirmed a breach of the servers.", language="en")
    assert code_report(report, english).document is english


def test_a_foreign_text_without_identifiers_yields_no_incident_but_a_note() -> None:
    text = (
        "Die Firma sagte am Montag, dass ihre Kunden von der Datenpanne betroffen sind und informiert werden."
    )
    assert claims(text) == []
    assert language_note(Document(report="rep-1", text=text))


def test_what_a_reader_knows_of_the_language_is_believed() -> None:
    english = "Hackers stole the data of 5,000 customers of Acme Foods."
    assert claims(english, "en")
    assert not claims(english, "de")


def test_coders_that_were_added_read_every_language() -> None:
    def read(prepared: Prepared) -> Iterable[Reading]:
        yield Reading(field="victim.name", value="Stadtwerke", span=Span(0, 3), confidence=0.9)

    coders: dict[str, Coder] = {**CODERS, "llm:small@1": read}
    (coded,) = code(Document(report="rep-1", text=REPORTS["de"]), coders=coders)
    (claim,) = [claim for claim in coded.claims if claim.coder == "llm:small@1"]
    assert (claim.value, claim.confidence) == ("Stadtwerke", 0.6)


@pytest.mark.parametrize(
    "text",
    [
        f"黑客组织APT29利用漏洞CVE-2021-44228和技术T1566入侵,文件{HASH}来自evil[.]example。",
        f"攻撃グループAPT29は脆弱性CVE-2021-44228と手法T1566を悪用。ファイル{HASH}はevil[.]exampleから。",
    ],
)
def test_names_stand_without_spaces_around_them(text: str) -> None:
    assert {(claim.field, claim.value) for claim in claims(text)} == READ


def test_the_coders_that_know_no_language_are_coders() -> None:
    assert {name.rpartition("@")[0] for name in CODERS} >= _IN_ANY
