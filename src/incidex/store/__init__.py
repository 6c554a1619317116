"""The change log and everything that is rebuilt from it: in memory, in one SQLite file, or in PostgreSQL.

`incidex.store.postgres` is imported by whoever needs it, because its driver need not be installed.
"""

from incidex.store.base import Head, Log
from incidex.store.memory import MemoryLog
from incidex.store.projection import KEYED
from incidex.store.removal import Plan, plan_removal
from incidex.store.sqlite import SqliteLog

__all__ = ["KEYED", "Head", "Log", "MemoryLog", "Plan", "SqliteLog", "plan_removal"]
