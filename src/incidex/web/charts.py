"""Pictures of numbers: Vega-Lite made into SVG and PNG here, so that no reader's browser has to ask anyone.

Each picture comes for paper and for night, and in two widths: scaled down to a phone, words could not be
read.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import vl_convert

from incidex.model import Status
from incidex.web.figures import Cell, Figure

Spec = dict[str, Any]

#: The Vega-Lite that is asked of the library.
VERSION = "6.4"

#: Widths in pixels.
WIDE, NARROW = 760, 330

#: A PNG has so many pixels for each of the picture's.
SCALE = 2.0

_FONT = "system-ui, Segoe UI, Helvetica Neue, DejaVu Sans, sans-serif"
_WORDS = 12


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a picture: those of the page that it stands on."""

    paper: str
    ink: str
    quiet: str
    line: str
    least: str  # of the scale from few to many
    most: str
    bar: str
    pale: str
    good: str
    split: str
    plain: str
    claim: str


THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        "light": Theme(
            paper="#fcfbf8", ink="#1c1e21", quiet="#595f66", line="#dcd9d1", least="#d5e6ea", most="#0f4253",
            bar="#17566b", pale="#a9c3cb", good="#1f6b3a", split="#c2501f", plain="#8a97a8", claim="#8a68b8",
        ),
        "dark": Theme(
            paper="#15181b", ink="#e6e4df", quiet="#a4abb3", line="#33393f", least="#21363d", most="#9ddcf0",
            bar="#86c5d8", pale="#3f5f69", good="#7fce9a", split="#f2a27c", plain="#6f7c8c", claim="#c7aef0",
        ),
    }
)  # fmt: skip


_NUMBERED = re.compile(r"\b(gradient_|clip)\d+\b")


def draw_svg(figure: Figure, theme: str, width: int) -> bytes:
    """Return the picture as SVG, with no script, no style sheet and nothing to fetch in it."""
    made: str = vl_convert.vegalite_to_svg(make_spec(figure, THEMES[theme], width), vl_version=VERSION)
    return _number_anew(made).encode("utf-8", "replace")


def _number_anew(svg: str) -> str:
    """Give gradients and clips numbers from 1: the library counts on from picture to picture of a process.

    The same picture would otherwise be other bytes each time, and tell how many were drawn before it.
    """
    numbers: dict[str, str] = {}
    return _NUMBERED.sub(lambda found: numbers.setdefault(found[0], f"{found[1]}{len(numbers) + 1}"), svg)


def draw_png(figure: Figure, theme: str, width: int) -> bytes:
    """Return the picture as PNG."""
    spec = make_spec(figure, THEMES[theme], width)
    made: bytes = vl_convert.vegalite_to_png(spec, vl_version=VERSION, scale=SCALE)
    return made


def make_spec(figure: Figure, theme: Theme, width: int) -> Spec:
    """Return the picture in Vega-Lite, with its numbers in it."""
    rows = [dict(zip(figure.columns, row, strict=True)) for row in figure.rows]
    spec = _SPECS[figure.name](figure.columns, rows, theme, width)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": theme.paper,
        "padding": 6,
        "config": _configure(theme),
        **spec,
    }


def _configure(theme: Theme) -> Spec:
    words = {
        "labelColor": theme.quiet,
        "titleColor": theme.quiet,
        "labelFontSize": _WORDS,
        "titleFontSize": _WORDS,
    }
    return {
        "font": _FONT,
        "view": {"stroke": None},
        "axis": {
            **words,
            "titleFontWeight": "normal",
            "domainColor": theme.line,
            "tickColor": theme.line,
            "gridColor": theme.line,
            "labelLimit": 260,
        },
        "legend": {**words, "orient": "top", "title": None, "symbolType": "square"},
        "text": {"color": theme.ink, "fontSize": _WORDS},
    }


def _whole(field: str, title: str, rows: Sequence[Mapping[str, Cell]]) -> Spec:
    """Return an axis of counts, which has no ticks between whole numbers."""
    most = max((int(row[field]) for row in rows), default=0)
    ticks = {"values": list(range(most + 1))} if most < 6 else {"tickCount": 5}
    return {
        "field": field,
        "type": "quantitative",
        "axis": {"title": title, "format": ",d", "domain": False, **ticks},
    }


def _over_time(columns: Sequence[str], rows: Sequence[Mapping[str, Cell]], theme: Theme, width: int) -> Spec:
    period = columns[0]
    step = max(1, math.ceil(len(rows) * 44 / width)) if period == "year" else (12 if width < WIDE else 6)
    labels = (
        f"indexof({[row[period] for row in rows][::step]!r}, datum.value) >= 0 ? datum.value : ''"
        if period == "year"
        else f"(+slice(datum.value, 5) - 1) % {step} == 0 ? datum.value : ''"
    )
    return {
        "width": width,
        "height": 190,
        "data": {"values": rows},
        "mark": {"type": "bar", "strokeWidth": 1},
        "encoding": {
            "x": {
                "field": period,
                "type": "ordinal",
                "axis": {
                    "title": None,
                    "labelExpr": labels,
                    "labelAngle": 0,
                    "ticks": False,
                    "labelOverlap": False,
                },
                "scale": {"paddingInner": 0.25},
            },
            "y": _whole("incidents", "incidents", rows),
            "color": {
                "field": "complete",
                "type": "nominal",
                "scale": {"domain": ["complete", "still incomplete"], "range": [theme.bar, theme.pale]},
            },
            "strokeDash": {"value": [3, 2]},
            "stroke": {
                "condition": {
                    "test": "datum.complete != 'complete' && datum.incidents > 0",
                    "value": theme.bar,
                },
                "value": None,
            },
        },
    }


def _tile_map(_: Sequence[str], rows: Sequence[Mapping[str, Cell]], theme: Theme, width: int) -> Spec:
    counts = {str(row["code"]): row["incidents"] for row in rows}
    places = [*load_tiles().items(), *_elsewhere(counts)]
    tiles = [
        {"code": code, "column": column, "row": row, "incidents": counts.get(code, 0)}
        for code, (column, row) in places
    ]
    side = width / 30
    place = {"axis": None, "scale": {"padding": 0.06}}
    encoding = {
        "x": {"field": "column", "type": "ordinal", **place, "sort": list(range(30))},
        "y": {"field": "row", "type": "ordinal", **place},
    }
    most = max((int(count) for count in counts.values()), default=1)
    colour = {
        "condition": {"test": "datum.incidents == 0", "value": theme.line},
        "field": "incidents",
        "type": "quantitative",
        "scale": {
            "type": "log" if most > 20 else "linear",
            "domain": [1, max(2, most)],
            "range": [theme.least, theme.most],
        },
        "legend": {"title": "incidents", "gradientLength": 160, "format": ",d", "tickMinStep": 1},
    }
    words: Spec = {
        "mark": {"type": "text", "fontSize": side * 0.42 if width >= WIDE else 7},
        "encoding": {
            "text": {"field": "code"},
            "color": {
                "condition": [
                    {"test": "datum.incidents == 0", "value": theme.quiet},
                    {
                        "test": f"datum.incidents > {math.sqrt(most) if most > 20 else most / 2}",
                        "value": theme.paper,
                    },
                ],
                "value": theme.ink,
            },
        },
    }
    return {
        "width": width,
        "height": side * (max(row for _, (_, row) in places) + 1),
        "data": {"values": tiles},
        "encoding": encoding,
        "layer": [
            {"mark": {"type": "rect", "cornerRadius": 2}, "encoding": {"color": colour}},
            *([words] if width >= WIDE else []),
        ],
    }


def _crossed(columns: Sequence[str], rows: Sequence[Mapping[str, Cell]], theme: Theme, width: int) -> Spec:
    down, across, _ = columns
    most = max((int(row["incidents"]) for row in rows), default=1)
    narrow = width < WIDE
    return {
        "width": {"step": 22 if narrow else 44},
        "height": {"step": 24},
        "data": {"values": rows},
        "encoding": {
            "x": {
                "field": across,
                "type": "nominal",
                "sort": _order(rows, across),
                "axis": {"title": None, "orient": "top", "labelAngle": -40, "ticks": False, "domain": False},
            },
            "y": {
                "field": down,
                "type": "nominal",
                "sort": _order(rows, down),
                "axis": {
                    "title": None,
                    "ticks": False,
                    "domain": False,
                    "labelLimit": 110 if narrow else 260,
                },
            },
        },
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 2},
                "encoding": {
                    "color": {
                        "field": "incidents",
                        "type": "quantitative",
                        "scale": {"domain": [1, max(2, most)], "range": [theme.least, theme.most]},
                        "legend": None,
                    }
                },
            },
            {
                "mark": {"type": "text"},
                "encoding": {
                    "text": {"field": "incidents", "format": ",d"},
                    "color": {
                        "condition": {
                            "test": f"datum.incidents > {max(2, most) * 0.55}",
                            "value": theme.paper,
                        },
                        "value": theme.ink,
                    },
                },
            },
        ],
    }


def _bars(columns: Sequence[str], rows: Sequence[Mapping[str, Cell]], theme: Theme, width: int) -> Spec:
    name = columns[0]
    narrow = width < WIDE
    encoding = {
        "y": {
            "field": name,
            "type": "ordinal",
            "sort": None,
            "axis": {"title": None, "ticks": False, "labelLimit": 130 if narrow else 260},
        },
        "x": _whole("incidents", "incidents", rows),
    }
    return {
        "width": 170 if narrow else 420,
        "height": {"step": 24},
        "data": {"values": rows},
        "encoding": encoding,
        "layer": [
            {
                "mark": {"type": "bar", "strokeDash": [3, 2]},
                "encoding": {
                    "color": {
                        "condition": {"test": f"datum['{name}'] == 'unknown'", "value": theme.line},
                        "value": theme.bar,
                    },
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5},
                "encoding": {"text": {"field": "incidents", "format": ",d"}},
            },
        ],
    }


def _stacked(columns: Sequence[str], rows: Sequence[Mapping[str, Cell]], theme: Theme, width: int) -> Spec:
    colours = {
        Status.CONFIRMED: theme.good,
        Status.REPORTED: theme.plain,
        Status.CLAIMED: theme.claim,
        Status.DISPUTED: theme.split,
        Status.RETRACTED: theme.line,
    }
    order = list(map(str, colours))
    numbered = [{**row, "place": order.index(str(row["status"]))} for row in rows]
    return {
        "width": 240 if width < WIDE else 500,
        "height": {"step": 28},
        "data": {"values": numbered},
        "mark": {"type": "bar", "stroke": theme.paper},
        "encoding": {
            "y": {
                "field": columns[0],
                "type": "nominal",
                "sort": None,
                "axis": {"title": None, "ticks": False},
            },
            "x": {
                "field": "values",
                "type": "quantitative",
                "stack": "normalize",
                "axis": {"title": None, "format": ".0%", "domain": False, "tickCount": 5},
            },
            "color": {
                "field": "status",
                "type": "nominal",
                "scale": {"domain": order, "range": list(colours.values())},
                "legend": {"columns": 3 if width < WIDE else 5},
            },
            "order": {"field": "place"},
        },
    }


_Make = Callable[[Sequence[str], Sequence[Mapping[str, Cell]], Theme, int], Spec]

#: How each picture is drawn.
_SPECS: Mapping[str, _Make] = MappingProxyType(
    {
        "years": _over_time,
        "months": _over_time,
        "countries": _tile_map,
        "industries": _crossed,
        "actors": _crossed,
        "records": _bars,
        "tactics": _bars,
        "statuses": _stacked,
    }
)


@cache
def load_tiles() -> Mapping[str, tuple[int, int]]:
    """Return the column and the row of each country's tile. The layout is our own."""
    lines = files("incidex.web").joinpath("data/tiles.txt").read_text("utf-8").splitlines()
    return MappingProxyType(
        {
            code: (column, row)
            for row, line in enumerate(lines)
            for column, code in enumerate(line.split())
            if code != "--"
        }
    )


def _elsewhere(counts: Mapping[str, Cell]) -> list[tuple[str, tuple[int, int]]]:
    """Place countries without a tile of their own in a row below, when they have incidents."""
    below = max(row for _, row in load_tiles().values()) + 2
    without = sorted(set(counts) - set(load_tiles()))
    return [(code, (place % 30, below + place // 30)) for place, code in enumerate(without)]


def _order(rows: Sequence[Mapping[str, Cell]], column: str) -> list[str]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[str(row[column])] = counts.get(str(row[column]), 0) + int(row["incidents"])
    return sorted(counts, key=lambda name: (-counts[name], name))
