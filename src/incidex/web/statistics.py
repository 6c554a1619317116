"""The page of statistics: pictures with their numbers, and whom these come from; each to be taken away."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from incidex.codebook import policy
from incidex.exchange.tables import make_safe_cell
from incidex.model import Tier
from incidex.web.answers import Answer, AnyRequest, Site, Visit, make_page, prefers_json
from incidex.web.charts import NARROW, THEMES, WIDE, draw_png, draw_svg
from incidex.web.coverage import Coverage, make_coverage
from incidex.web.figures import FIGURES, Cell, Figure, find_figure
from incidex.web.front import Totals, count_all, say_counted
from incidex.web.twins import answer_twin
from incidex.web.views import View

#: Rows of a table on the page; the CSV has them all.
MOST_ROWS = 40

_WIDTHS = {"wide": WIDE, "narrow": NARROW}


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTwin:
    """A picture's numbers and whom they come from, as JSON."""

    name: str
    title: str
    says: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    withheld: bool  # whether what it counts is shown to higher tiers only
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsTwin:
    """The page of statistics, as JSON."""

    totals: Totals
    figures: Sequence[FigureTwin]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A picture on the page."""

    twin: FigureTwin
    pictures: tuple[tuple[str, str], ...]  # a media query and the picture for it; "" for the one without
    rows: Sequence[Sequence[Cell]]

    @property
    def name(self) -> str:
        """The picture's name."""
        return self.twin.name


@get("/stats", sync_to_thread=True)
def stats(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit]
) -> Answer | Response[StatsTwin]:
    """Answer with all pictures, each with its table and with whom it is drawn from."""
    if prefers_json(request):
        return answer_twin(_twin(site, visit))
    shown = [_show(_twin_figure(site, visit, name)) for name in FIGURES]
    view = site.view(visit.tier)
    totals = count_all(view)
    return make_page(
        "stats.html", visit, title="Statistics", figures=shown, totals=totals, counted=say_counted(view)
    )


@get("/api/v1/stats", sync_to_thread=True)
def stats_json(site: NamedDependency[Site], visit: NamedDependency[Visit]) -> Response[StatsTwin]:
    """Answer with the numbers of all pictures as JSON."""
    return answer_twin(_twin(site, visit))


@get("/charts/{name:str}", sync_to_thread=True)
def chart(
    request: AnyRequest, site: NamedDependency[Site], visit: NamedDependency[Visit], name: FromPath[str]
) -> Answer:
    """Answer with a picture as `.svg` or `.png`, or with its numbers as `.csv`.

    `theme` is light or dark and `size` wide or narrow; `save` makes the browser keep it as a file.
    """
    stem, _, kind = name.rpartition(".")
    view = site.view(visit.tier)
    figure = find_figure(view, stem)
    make = _KINDS.get(kind)
    theme = request.query_params.get("theme", "light")
    width = _WIDTHS.get(request.query_params.get("size", "wide"))
    if figure is None or make is None or width is None or theme not in THEMES:
        raise HTTPException(status_code=404)
    media_type, draw = make
    body = site.lasting.keep(
        ("chart", visit.tier, name, theme, width), figure, lambda: draw(figure, theme, width)
    )
    headers = (
        {"Content-Disposition": f'attachment; filename="incidex-{name}"'}
        if "save" in request.query_params
        else {}
    )
    return Response(body, media_type=media_type, headers=headers)


HANDLERS = (stats, stats_json, chart)


def write_csv(figure: Figure) -> bytes:
    """Return a picture's numbers as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(figure.columns)
    writer.writerows([make_safe_cell(str(cell)) for cell in row] for row in figure.rows)
    return out.getvalue().encode("utf-8", "replace")


_Draw = Callable[[Figure, str, int], bytes]
_KINDS: Mapping[str, tuple[str, _Draw]] = MappingProxyType(
    {
        "svg": ("image/svg+xml", draw_svg),
        "png": ("image/png", draw_png),
        "csv": ("text/csv; charset=utf-8", lambda figure, _theme, _width: write_csv(figure)),
    }
)


def show_figure(site: Site, visit: Visit, name: str) -> _Shown:
    """Return one picture, ready for a page."""
    return _show(_twin_figure(site, visit, name))


def _twin(site: Site, visit: Visit) -> StatsTwin:
    view = site.view(visit.tier)
    return StatsTwin(totals=count_all(view), figures=[_twin_figure(site, visit, name) for name in FIGURES])


def _twin_figure(site: Site, visit: Visit, name: str) -> FigureTwin:
    view = site.view(visit.tier)
    figure = get_figure(view, name)
    return FigureTwin(
        name=name,
        title=figure.title,
        says=figure.says,
        columns=figure.columns,
        rows=figure.rows,
        withheld=_is_withheld(figure, visit.tier),
        coverage=make_coverage(view, site.library, visit.tier, figure),
    )


def get_figure(view: View, name: str) -> Figure:
    """Return a picture's numbers; `name` is one of `FIGURES`."""
    found = find_figure(view, name)
    if found is None:
        raise HTTPException(status_code=404)
    return found


def _is_withheld(figure: Figure, tier: Tier) -> bool:
    return any(policy()[name].tier > tier for name in figure.fields)


def _show(twin: FigureTwin) -> _Shown:
    pictures: tuple[tuple[str, dict[str, str]], ...] = (
        ("(max-width: 44rem) and (prefers-color-scheme: dark)", {"theme": "dark", "size": "narrow"}),
        ("(max-width: 44rem)", {"size": "narrow"}),
        ("(prefers-color-scheme: dark)", {"theme": "dark"}),
        ("", {}),
    )
    path = f"/charts/{twin.name}.svg"
    return _Shown(
        twin=twin,
        pictures=tuple((media, f"{path}?{urlencode(asked)}" if asked else path) for media, asked in pictures),
        rows=twin.rows[:MOST_ROWS],
    )
