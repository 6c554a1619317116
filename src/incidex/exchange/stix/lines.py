"""Objects as the bytes that they go out as, each with its id and version."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

Json = dict[str, Any]

#: An object on its way out: its id, its version (when it was modified, or made), and itself as JSON. A plain
#: tuple, since there are some fifty of them to a record.
Line = tuple[str, str, bytes]


class Shared(NamedTuple):
    """An object that other records may have too, and how it goes out, which is worked out once."""

    made: Json
    line: Line


_encode = msgspec.json.Encoder().encode


def to_shared(made: Json) -> Shared:
    """Return an object that many records share."""
    return Shared(made, to_line(made))


def to_lines(objects: Mapping[str, Json], shared: Mapping[str, Shared]) -> list[Line]:
    """Return objects by their ids as they go out, some of which are shared; all others have versions."""
    try:
        return [
            shared[name].line if name in shared else (name, made["modified"], _encode(made))
            for name, made in objects.items()
        ]
    except UnicodeEncodeError:
        return [to_line(made) for made in objects.values()]


def to_line(made: Json) -> Line:
    """Return an object as it goes out."""
    return made["id"], made.get("modified") or made.get("created") or "", encode(made)


def encode(made: Json) -> bytes:
    """Return an object as JSON. Half of a surrogate pair has no UTF-8 and goes out as U+FFFD."""
    try:
        return _encode(made)
    except UnicodeEncodeError:
        return _encode(_mend(made))


def _mend(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_mend(key): _mend(each) for key, each in value.items()}
    return [_mend(each) for each in value] if isinstance(value, list) else value
