"""Which language a text is in: in many scripts, at any length, and never foreign because of a name."""

import gzip
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidex.text import is_english, language_of

SHARED = Path(__file__).parents[4] / "shared" / "corpus"

#: The same short report, told in many languages.
TOLD = [
    (
        "de",
        (
            "Die Stadtverwaltung teilte am Montag mit, dass Unbekannte in das Netz "
            "eingedrungen sind und Daten von 12.000 Bürgern kopiert haben. Die Server wurden "
            "abgeschaltet."
        ),
    ),
    (
        "fr",
        (
            "L’hôpital a annoncé lundi que des pirates informatiques avaient volé les "
            "données de 12 000 patients. Les serveurs ont été arrêtés et une plainte a été "
            "déposée."
        ),
    ),
    (
        "es",
        (
            "El ayuntamiento informó el lunes de que unos desconocidos entraron en la red y "
            "copiaron los datos de 12.000 vecinos. Los servidores fueron apagados."
        ),
    ),
    (
        "pt",
        (
            "A prefeitura informou na segunda-feira que desconhecidos invadiram a rede e "
            "copiaram os dados de 12 mil moradores. Os servidores foram desligados."
        ),
    ),
    (
        "it",
        (
            "Il comune ha comunicato lunedì che ignoti sono entrati nella rete e hanno "
            "copiato i dati di 12.000 cittadini. I server sono stati spenti."
        ),
    ),
    (
        "nl",
        (
            "De gemeente meldde maandag dat onbekenden het netwerk zijn binnengedrongen en "
            "gegevens van 12.000 inwoners hebben gekopieerd. De servers werden "
            "uitgeschakeld."
        ),
    ),
    (
        "pl",
        (
            "Urząd miasta poinformował w poniedziałek, że nieznani sprawcy włamali się do "
            "sieci i skopiowali dane 12 000 mieszkańców. Serwery zostały wyłączone."
        ),
    ),
    (
        "sv",
        (
            "Kommunen meddelade på måndagen att okända personer tagit sig in i nätverket och "
            "kopierat uppgifter om 12 000 invånare. Servrarna stängdes av."
        ),
    ),
    (
        "tr",
        (
            "Belediye pazartesi günü kimliği belirsiz kişilerin ağa girdiğini ve 12.000 "
            "vatandaşın verilerini kopyaladığını açıkladı. Sunucular kapatıldı."
        ),
    ),
    (
        "cs",
        (
            "Město v pondělí oznámilo, že neznámí pachatelé pronikli do sítě a zkopírovali "
            "údaje 12 000 obyvatel. Servery byly vypnuty."
        ),
    ),
    (
        "ro",
        (
            "Primăria a anunțat luni că persoane necunoscute au pătruns în rețea și au "
            "copiat datele a 12.000 de locuitori. Serverele au fost oprite."
        ),
    ),
    (
        "hu",
        (
            "A városháza hétfőn közölte, hogy ismeretlenek hatoltak be a hálózatba, és 12 "
            "000 lakos adatait másolták le. A szervereket leállították."
        ),
    ),
    (
        "fi",
        (
            "Kaupunki kertoi maanantaina, että tuntemattomat olivat tunkeutuneet verkkoon ja "
            "kopioineet 12 000 asukkaan tiedot. Palvelimet sammutettiin."
        ),
    ),
    (
        "id",
        (
            "Pemerintah kota menyatakan pada hari Senin bahwa orang tak dikenal telah masuk "
            "ke jaringan dan menyalin data dari 12.000 warga. Server dimatikan."
        ),
    ),
    (
        "vi",
        (
            "Chính quyền thành phố cho biết hôm thứ Hai rằng những kẻ lạ mặt đã xâm nhập "
            "mạng và sao chép dữ liệu của 12.000 người dân."
        ),
    ),
    (
        "ru",
        (
            "Администрация города сообщила в понедельник, что неизвестные проникли в сеть и "
            "скопировали данные 12 000 жителей. Серверы были отключены."
        ),
    ),
    (
        "uk",
        (
            "Міська рада повідомила в понеділок, що невідомі проникли в мережу та скопіювали "
            "дані 12 000 мешканців. Сервери було вимкнено."
        ),
    ),
    (
        "zh",
        "市政府周一表示,不明人士侵入网络,复制了一万二千名居民的数据。服务器已被关闭,警方正在调查。",
    ),
    (
        "ja",
        "市は月曜日、何者かがネットワークに侵入し、1万2000人の住民のデータをコピーしたと発表した。サーバーは停止された。",
    ),
    (
        "ko",
        (
            "시는 월요일 신원 미상의 인물이 네트워크에 침입해 주민 1만 2000명의 "
            "데이터를 복사했다고 밝혔다. 서버는 중단되었다."
        ),
    ),
    (
        "ar",
        (
            "أعلنت البلدية يوم الاثنين أن مجهولين اخترقوا الشبكة ونسخوا بيانات اثني عشر ألف "
            "ساكن. وتم إيقاف الخوادم."
        ),
    ),
    (
        "he",
        ("העירייה הודיעה ביום שני כי אלמונים חדרו לרשת והעתיקו נתונים של 12,000 תושבים. השרתים כובו."),
    ),
    (
        "el",
        (
            "Ο δήμος ανακοίνωσε τη Δευτέρα ότι άγνωστοι εισέβαλαν στο δίκτυο και αντέγραψαν "
            "τα δεδομένα 12.000 κατοίκων."
        ),
    ),
    (
        "th",
        ("เทศบาลเปิดเผยเมื่อวันจันทร์ว่ามีบุคคลไม่ทราบชื่อบุกรุกเครือข่ายและคัดลอกข้อมูลของประชาชน 12,000 คน"),
    ),
    (
        "fa",
        (
            "شهرداری روز دوشنبه اعلام کرد که افراد ناشناس وارد شبکه شده و داده‌های دوازده "
            "هزار شهروند را کپی کرده‌اند."
        ),
    ),
]


@pytest.mark.parametrize(("language", "text"), TOLD, ids=[language for language, _ in TOLD])
def test_language_of_a_report(language: str, text: str) -> None:
    assert language_of(text) == language
    assert not is_english(text)
    assert not is_english(f"{text} CVE-2021-44228, APT29, Cobalt Strike, Acme Foods Inc.")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The firm said that its customers were affected by the data breach, and that it told them.", "en"),
        ("Die Firma sagte, dass ihre Kunden von der Datenpanne betroffen sind und informiert werden.", "de"),
        ("L’entreprise a indiqué que ses clients étaient touchés par la fuite de données.", "fr"),
        ("La empresa dijo que los datos de sus clientes fueron robados durante el ataque.", "es"),
        ("Компания сообщила, что данные её клиентов были похищены злоумышленниками.", "ru"),
        ("החברה הודיעה כי פרטי הלקוחות שלה נגנבו במהלך מתקפת הסייבר האחרונה.", "he"),
        pytest.param("Garmin down", "", id="too-short-to-tell"),
        pytest.param("", "", id="empty"),
        pytest.param("10.0.0.1 2017-04-26 12345 99.9 2021 443", "", id="no-letters"),
    ],
)
def test_language_of(text: str, language: str) -> None:
    assert language_of(text) == language


ENGLISH = [
    pytest.param(
        "Laptop stolen from employee's car. Names, SSNs exposed. 1,200 patients notified.", id="telegraphic"
    ),
    pytest.param(
        "DATA OF 12,000 CITIZENS WERE COPIED FROM THE NETWORK OF THE CITY, IT SAID ON MONDAY.", id="capitals"
    ),
    pytest.param("Garmin down", id="short"),
    pytest.param("Banque de France breach!!!", id="a-french-name"),
    pytest.param("Société Générale, Crédit Agricole hacked; passwords leaked online", id="headline"),
    pytest.param(
        "The Società Italiana degli Autori ed Editori was hacked and 4GB of data leaked, La Repubblica said.",
        id="italian-names",
    ),
    pytest.param(
        "So today hackers come in our company and take all datas of client, is very bad.", id="non-native"
    ),
    pytest.param(
        "lol @acme got pwned again \N{FIRE}\N{FIRE}\N{FIRE}\N{FIRE}\N{FIRE}\N{FIRE} 5k accs dumped",
        id="tweet",
    ),
    pytest.param("10.0.0.1 10.0.0.2 d41d8cd98f00b204e9800998ecf8427e evil[.]example " * 20, id="indicators"),
    pytest.param(
        "“We are sorry,” the mayor – Ángel Muñoz – told reporters at the town hall of Coruña.",
        id="typography",
    ),
]


@pytest.mark.parametrize("text", ENGLISH)
def test_rules_for_english_may_read_english(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize("text", ["Взлом сайта", "サイバー攻撃", "개인정보 유출", "تسريب بيانات", "数据泄露"])
def test_a_short_text_in_another_script_is_clearly_not_english(text: str) -> None:
    assert not is_english(text)


GERMAN = dict(TOLD)["de"]
PLAIN = (
    "City officials said on Monday that unknown hackers had broken into the municipal network and copied "
    "data of 12,000 residents. Servers were shut down, and police opened an investigation. "
)


def test_a_mixed_text_is_in_the_language_of_most_of_it() -> None:
    assert language_of(PLAIN * 3 + GERMAN) == "en"
    assert language_of(GERMAN * 3 + PLAIN) == "de"
    assert language_of(PLAIN * 3 + dict(TOLD)["zh"]) == "en"
    assert language_of(dict(TOLD)["zh"] * 3 + "The city said so.") == "zh"


def test_of_a_long_text_its_end_counts_as_well() -> None:
    assert language_of(PLAIN * 20 + GERMAN * 80) == "de"
    assert language_of(GERMAN * 20 + PLAIN * 120) == "en"


@given(st.text())
def test_any_text_has_one_language_or_none(text: str) -> None:
    found = language_of(text)
    assert found == language_of(text)
    assert found == "" or (len(found) == 2 and found.islower())
    assert is_english(text, found) == is_english(text)


def test_lone_surrogates_do_no_harm() -> None:
    assert language_of("\ud800 " + GERMAN) == "de"
    assert language_of("\udfff" * 100) in {"", "en"}
    assert not is_english("Компания сообщила, что данные её клиентов были похищены. \ud800")


@pytest.mark.parametrize("corpus", ["vcdb-text", "hhs-text", "hibp-text"])
def test_no_english_report_of_the_corpora_is_taken_for_foreign(corpus: str) -> None:
    path = SHARED / f"{corpus}.jsonl.gz"
    if not path.exists():
        pytest.skip("the shared corpora are not here")
    with gzip.open(path) as file:
        texts = [json.loads(line)["text"] for line in file]
    assert [text for text in texts if not is_english(text)] == []


def test_a_megabyte_takes_no_longer_than_a_page() -> None:
    page, book = PLAIN * 40, "word " * 1_000_000
    took = []
    for text in (page, book):
        language_of(text)
        began = time.process_time()
        for _ in range(200):
            language_of(text)
        took.append(time.process_time() - began)
    assert took[1] < took[0] * 50
