"""A text cut together from a source, with the way back."""

from incidex.text.runs import Runs


class Excerpt:
    """Grows a text out of pieces of `source`, and the map from it to places in `source`."""

    __slots__ = ("_parts", "_source", "runs")

    def __init__(self, source: str) -> None:
        self._source = source
        self._parts: list[str] = []
        self.runs = Runs()

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    @property
    def length(self) -> int:
        """Characters so far."""
        return self.runs.length

    def keep(self, start: int, end: int) -> None:
        """Append `source[start:end]` as it is."""
        if start < end:
            self._parts.append(self._source[start:end])
            self.runs.keep(end - start, start)

    def put(self, text: str, start: int, end: int) -> None:
        """Append `text`, which stands for `source[start:end]`."""
        self._parts.append(text)
        self.runs.stand(len(text), start, end - start)
