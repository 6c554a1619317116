"""Pages and their JSON twins over a library of incidents: parse the request, call one function, render."""

from incidex.web.base import Library
from incidex.web.desk import Desk
from incidex.web.shelf import MemoryLibrary
from incidex.web.site import make_app

__all__ = ["Desk", "Library", "MemoryLibrary", "make_app"]
