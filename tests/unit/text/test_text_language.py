import pytest

from incidex.text import language_of


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
