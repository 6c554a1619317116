"""The change log and everything that is rebuilt from it: in memory, or in one SQLite file."""

from incidex.store.base import Log
from incidex.store.memory import MemoryLog
from incidex.store.projection import KEYED
from incidex.store.sqlite import SqliteLog

__all__ = ["KEYED", "Log", "MemoryLog", "SqliteLog"]
