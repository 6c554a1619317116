"""Pages and their JSON twins over a library of incidents: parse the request, call one function, render."""

from incidex.web.base import Handed, HandIn, Library, Taken
from incidex.web.desk import Desk
from incidex.web.shelf import MemoryLibrary
from incidex.web.site import make_app

__all__ = ["Desk", "HandIn", "Handed", "Library", "MemoryLibrary", "Taken", "make_app"]
