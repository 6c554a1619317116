"""The running site's log: a JSON object a line, without addresses, queries or words of any report."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """A line a record. Of an exception, its kind and where it arose: its text may quote what it met."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "of": record.name,
            "said": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            places = traceback.extract_tb(record.exc_info[2])[-6:]
            line["where"] = [f"{place.filename.rpartition('incidex/')[2]}:{place.lineno}" for place in places]
        return json.dumps(line)


def start_logging(level: int = logging.WARNING) -> None:
    """Write what the site and its libraries have to say to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=level, force=True)
