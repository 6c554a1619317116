"""Pages and their JSON twins over a library of incidents: parse the request, call one function, render."""

from incidex.web.base import Handed, HandIn, Library, Taken
from incidex.web.desk import Desk
from incidex.web.kept import AnswerNow, Reply
from incidex.web.shelf import MemoryLibrary
from incidex.web.site import find_answer_now, make_app
from incidex.web.watching import SHARED_FIGURES

__all__ = [
    "SHARED_FIGURES",
    "AnswerNow",
    "Desk",
    "HandIn",
    "Handed",
    "Library",
    "MemoryLibrary",
    "Reply",
    "Taken",
    "find_answer_now",
    "make_app",
]
