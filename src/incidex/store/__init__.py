"""The change log and everything that is rebuilt from it: in memory, in one SQLite file, or in PostgreSQL.

`incidex.store.postgres` is imported by whoever needs it, because its driver need not be installed.
"""

from incidex.store.accounts import Accounts, Deed, OpenSession, Passkey, Token
from incidex.store.backup import opened, write_backup
from incidex.store.base import Head, Log
from incidex.store.memory import MemoryLog
from incidex.store.projection import KEYED
from incidex.store.removal import Plan, plan_removal
from incidex.store.sql_log import SqlLog
from incidex.store.sqlite import SqliteLog
from incidex.store.transfer import Snapshot, fill, snapshot

__all__ = [
    "KEYED",
    "Accounts",
    "Deed",
    "Head",
    "Log",
    "MemoryLog",
    "OpenSession",
    "Passkey",
    "Plan",
    "Snapshot",
    "SqlLog",
    "SqliteLog",
    "Token",
    "fill",
    "opened",
    "plan_removal",
    "snapshot",
    "write_backup",
]
