"""JSON twins of pages: typed values out, whatever characters a report has put into them."""

from typing import TypeVar

import msgspec
from litestar import Response

Twin = TypeVar("Twin")


def answer_twin(twin: Twin) -> Response[Twin]:
    """Answer with a value as JSON; half of a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD."""
    try:
        msgspec.json.encode(twin)
    except UnicodeEncodeError:
        return Response(_tidy(msgspec.to_builtins(twin)), media_type="application/json")  # type: ignore[arg-type]
    return Response(twin, media_type="application/json")


def _tidy(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_tidy(each) for each in value]
        case dict():
            return {_tidy(key): _tidy(each) for key, each in value.items()}
        case _:
            return value
