"""`incidex evaluate train`: from the labelled corpora to the model and the tables that the coders run on."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from incidex.app.terminal import make_console, progress
from incidex.coding import linear_model, worth
from incidex.coding.techniques import TABLE
from incidex.model import InputError

if TYPE_CHECKING:
    from incidex.evaluate.train import Trained


def train_model(corpus: Path, out: Path | None, *, as_json: bool) -> None:
    """Train, write the model and its hash, and say what was made."""
    if find_spec("sklearn") is None:
        raise InputError("training needs scikit-learn: pip install 'incidex[train]'")
    if not corpus.is_dir():
        raise InputError(f"no folder {corpus}: name the one that holds the labelled corpora with --corpus")
    target = out or Path(linear_model.__file__).parent / "data" / linear_model.FILE
    if not target.parent.is_dir():
        raise InputError(f"no folder {target.parent} to write the model in")
    trained = _train(corpus)
    target.write_bytes(trained.content)
    hashed = target.with_name(f"{target.name}.sha256")
    hashed.write_text(f"{trained.sha256}  {target.name}\n", encoding="ascii")
    if out is None:
        _learn_tables(corpus, target.parent)
    made = {
        "file": str(target),
        "sha256": trained.sha256,
        "bytes": len(trained.content),
        "examples": trained.examples,
        "features": trained.features,
        "labels": len(trained.labels),
    }
    if as_json:
        print(json.dumps(made))
    else:
        print(
            f"Trained on {trained.examples:,} texts: {len(trained.labels)} labels, {trained.features:,} "
            f"features.\n{target} ({len(trained.content) / 1e6:.1f} MB)\nsha256 {trained.sha256}"
        )


def _train(corpus: Path) -> "Trained":
    from incidex.evaluate.train import STEPS, train

    with progress("training", STEPS, console=make_console(stderr=True)) as step:
        return train(corpus, step)


def _learn_tables(corpus: Path, folder: Path) -> None:
    """Write the tables beside the package's own model: described techniques, then what readings are worth.

    The last is learned from what the coders say, so it comes after all that they run on.
    """
    from incidex.evaluate.techniques import make_table
    from incidex.evaluate.train_worth import judge, learn_worth

    with progress("learning tables", 2, console=make_console(stderr=True)) as step:
        (folder / TABLE).write_text(make_table(corpus), encoding="utf-8")
        step()
        (folder / worth.FILE).write_text(learn_worth(judge(corpus)), encoding="utf-8")
        step()
