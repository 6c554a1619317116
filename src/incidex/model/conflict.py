"""Two people wrote about one record at once: the second is refused, and sees both sides."""

from incidex.model.changes import Change
from incidex.model.errors import IncidexError
from incidex.model.telling import tell


class ConflictError(IncidexError):
    """Someone else wrote first. Reload, look at both, and decide again."""

    def __init__(self, message: str, *, mine: Change | None = None, theirs: Change | None = None) -> None:
        super().__init__(message)
        self.mine = mine
        self.theirs = theirs

    @property
    def sides(self) -> tuple[str, ...]:
        """Both sides in a line each, yours first; nothing when there is no other side."""
        if self.mine is None or self.theirs is None:
            return ()
        when = self.theirs.at.strftime("%Y-%m-%d %H:%M:%S")
        return (
            f"yours:  {self.mine.kind}: {tell(self.mine)}",
            f"theirs: {self.theirs.kind} by {self.theirs.by} at {when} UTC: {tell(self.theirs)}",
        )
