"""The commands under `incidex evaluate`: thin shells, each over one function."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from incidex.model import InputError

if TYPE_CHECKING:
    from incidex.evaluate import Measure

evaluate_app = typer.Typer(
    help="Score the coders against checked answers; compare, train.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a page.")]


def _finish(failures: list[str]) -> None:
    """List what failed, and exit with 2 when anything did."""
    for failure in failures:
        typer.echo(f"incidex: {failure}", err=True)
    if failures:
        raise typer.Exit(2)


@evaluate_app.command()
def score(
    gold: Annotated[
        list[Path] | None,
        typer.Argument(metavar="GOLD", help="Gold files, or folders of them (default: gold/)."),
    ] = None,
    part: Annotated[str, typer.Option(help="Which rows: train, dev, test or all.")] = "all",
    field: Annotated[list[str] | None, typer.Option(help="Only this field, with its classes.")] = None,
    details: Annotated[bool, typer.Option("--details", help="Classes and worst mistakes, of all.")] = False,
    coded: Annotated[Path | None, typer.Option(help="Score this coded file; code nothing.")] = None,
    sample: Annotated[int, typer.Option(help="So many rows of each set, always the same.", min=0)] = 0,
    workers: Annotated[int, typer.Option(help="Processes.", min=1)] = 1,
    set_floors: Annotated[bool, typer.Option("--set-floors", help="Raise the floors to the scores.")] = False,
    lower: Annotated[list[str] | None, typer.Option(help="With --set-floors: let this one sink.")] = None,
    reason: Annotated[str, typer.Option(help="Why it may sink.")] = "",
    json: JsonOption = False,
) -> None:
    """Code the texts of a gold set; print how much of it is right."""
    from incidex.app import floors as ground
    from incidex.app.scoring import Request, print_scores, print_silence, score_sets

    if lower and not (set_floors and reason.strip()):
        raise InputError("--lower goes with --set-floors and with a --reason")
    request = Request(tuple(gold or ()), part, tuple(field or ()), coded, workers, sample)
    floors = ground.read_floors()
    failures: list[str] = []
    measured: list[Mapping[str, Measure]] = []
    for scored in score_sets(request, floors.sets if set_floors else {}):
        print_scores(scored, request.fields, details=details, as_json=json)
        failures += scored.failures
        measured.append(scored.measures)
        if set_floors:
            floors = ground.set_floors(scored.gold, floors, ground.to_scores(scored), lower or (), reason)
            ground.write_floors(floors)
    print_silence(measured, as_json=json)
    _finish(failures)


@evaluate_app.command()
def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A coded file, or texts, which are then coded.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The same of another version.")],
    gold: Annotated[Path | None, typer.Option(help="Say of each claim whether this gold has it.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="List every claim, however many.")] = False,
    workers: Annotated[int, typer.Option(help="Processes, when texts are coded.", min=1)] = 1,
    json: JsonOption = False,
) -> None:
    """List the claims that NEW gains and loses against OLD. Exits with 0 when nothing differs, else 1."""
    from incidex.app.comparing import print_comparison

    if not print_comparison(old, new, gold=gold, workers=workers, show_all=all_, as_json=json):
        raise typer.Exit(1)


@evaluate_app.command()
def agreement(
    coders: Annotated[list[Path], typer.Argument(metavar="CODED", help="One coded file a coder.")],
    distance: Annotated[str, typer.Option(help="Between sets: masi, jaccard or nominal.")] = "masi",
    json: JsonOption = False,
) -> None:
    """Print how far coders of the same reports agree (alpha)."""
    from incidex.app.comparing import print_agreement

    print_agreement(coders, sets=distance, as_json=json)


@evaluate_app.command()
def train(
    corpus: Annotated[Path, typer.Option(help="The folder of the labelled corpora.")] = Path(
        "../shared/corpus"
    ),
    out: Annotated[Path | None, typer.Option(help="Write the model here; the package's own, if not.")] = None,
    encoder: Annotated[
        Path | None,
        typer.Option(help="Train the encoder instead, on the all-MiniLM-L6-v2 in this folder; with PyTorch."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Train the coder's model on labelled corpora. Its hash is written beside it."""
    from incidex.app.training import train_encoder_model, train_model

    if encoder:
        train_encoder_model(corpus, encoder, out, as_json=json)
    else:
        train_model(corpus, out, as_json=json)
