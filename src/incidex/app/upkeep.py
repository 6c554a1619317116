"""The commands that look after a database: removal."""

from datetime import UTC, datetime
from getpass import getuser

from incidex.model import ConflictError, InputError
from incidex.store import Log, Plan, plan_removal

#: How often a removal is planned anew when somebody else wrote first.
ATTEMPTS = 20


def remove_words(log: Log, report: str, *, reason: str, by: str, quotes_only: bool) -> str:
    """Remove a report's words, and return the sentences that say what became of them."""
    if not reason.strip():
        raise InputError("a removal needs a reason; everyone who reads the record will see it")
    plan = _remove(log, report, reason.strip(), by.strip() or getuser(), quotes_only=quotes_only)
    what = "the quotes from" if quotes_only else "the words of"
    said = f"Removed {what} {report}: {plan.pieces:,} pieces; {len(plan.changes) - 1:,} records say so."
    kept = [
        f"Some of its words stand in {other} too, and stay there; remove that as well if they must go."
        for other in sorted(set(plan.shared.values()))
    ]
    return "\n".join([said, *kept, "Backups made before this still have them."])


def _remove(log: Log, report: str, reason: str, by: str, *, quotes_only: bool) -> Plan:
    for _ in range(ATTEMPTS):
        plan = plan_removal(log, report, reason=reason, by=by, at=datetime.now(UTC), quotes_only=quotes_only)
        try:
            log.append(plan.changes)
        except ConflictError:
            continue
        return plan
    raise ConflictError(f"others keep writing about {report}; try again when they are done")
