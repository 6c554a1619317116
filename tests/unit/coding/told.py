"""Texts that tell of incidents, for the tests of what was learned."""

from incidex.coding.base import Prepared
from incidex.coding.table import prepare
from incidex.model import Document

TEXTS = [
    (
        "Hackers broke into the servers of Oster & Lund and stole the card numbers of 1,200 customers. "
        "The company said on Monday that it had called the police. Customers were told to watch out."
    ),
    "A laptop with the medical records of 300 patients was stolen from a nurse's car. It was not encrypted.",
    "A clerk mailed letters with Social Security numbers to the wrong addresses by mistake.",
    "Hacktivists of Anonymous defaced the web site of the ministry in protest against a new law.",
    "Employees looked up the records of a singer out of curiosity. They were dismissed. The clinic is sorry.",
]


def prepared(text: str) -> Prepared:
    return prepare(Document(report="r", text=text))
