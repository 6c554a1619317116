"""`incidex evaluate train`: from the labelled corpora to the model and the tables that the coders run on."""

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from incidex.app.terminal import make_console, progress
from incidex.coding import encoder_model, linear_model, places, victim, worth
from incidex.coding.techniques import TABLE
from incidex.model import InputError

if TYPE_CHECKING:
    from incidex.evaluate.train import Trained


def train_model(corpus: Path, out: Path | None, *, as_json: bool) -> None:
    """Train, write the model and its hash, and say what was made."""
    if find_spec("sklearn") is None:
        raise InputError("training needs scikit-learn: pip install 'incidex[train]'")
    target = _target(corpus, out, linear_model.FILE)
    if out is None:
        learn_choices(corpus, target.parent)
    trained = _train(corpus)
    _write(target, trained.content)
    if out is None:
        _settle_encoder(corpus, target.with_name(encoder_model.FILE), trained.content)
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


def train_encoder_model(corpus: Path, base: Path, out: Path | None, *, as_json: bool) -> None:
    """Teach the encoder in the folder `base` our labels, write it and its hash, and say what was made."""
    if find_spec("torch") is None or find_spec("sklearn") is None:
        raise InputError("training the encoder needs PyTorch too: pip install torch 'incidex[train]'")
    target = _target(corpus, out, encoder_model.FILE)
    from incidex.evaluate.train_encoder import settle, train_encoder
    from incidex.evaluate.train_rows import read_examples

    examples = list(read_examples(corpus))
    with progress("training", None, console=make_console(stderr=True)) as step:
        taught = train_encoder(base, examples, lambda _done, _all: step())
    content = encoder_model.dump_encoder(settle(taught, linear_model.load_model(), examples))
    _write(target, content)
    sha256 = hashlib.sha256(content).hexdigest()
    made = {"file": str(target), "sha256": sha256, "bytes": len(content), "pieces": len(taught.pieces.names)}
    if as_json:
        print(json.dumps(made))
    else:
        print(f"Trained. {target} ({len(content) / 1e6:.1f} MB)\nsha256 {sha256}")


def _target(corpus: Path, out: Path | None, name: str) -> Path:
    """Return where a model is to be written, once it is sure that it can be made and written."""
    if not corpus.is_dir():
        raise InputError(f"no folder {corpus}: name the one that holds the labelled corpora with --corpus")
    target = out or Path(linear_model.__file__).parent / "data" / name
    if not target.parent.is_dir():
        raise InputError(f"no folder {target.parent} to write the model in")
    return target


def _write(target: Path, content: bytes) -> None:
    """Write a model, and its hash beside it."""
    target.write_bytes(content)
    hashed = target.with_name(f"{target.name}.sha256")
    hashed.write_text(f"{hashlib.sha256(content).hexdigest()}  {target.name}\n", encoding="ascii")


def _train(corpus: Path) -> "Trained":
    from incidex.evaluate.train import STEPS, train

    with progress("training", STEPS, console=make_console(stderr=True)) as step:
        return train(corpus, step)


def _settle_encoder(corpus: Path, target: Path, linear: bytes) -> None:
    """Learn anew what the mean of the package's encoder and a new linear model is worth."""
    from incidex.evaluate.train_encoder import settle
    from incidex.evaluate.train_rows import read_examples

    model = linear_model.parse_model(linear)
    encoder = settle(encoder_model.parse_encoder(target.read_bytes()), model, list(read_examples(corpus)))
    _write(target, encoder_model.dump_encoder(encoder))


def learn_choices(corpus: Path, folder: Path) -> None:
    """Write the tables by which victims and countries are chosen; the model reads the victims' names."""
    from incidex.evaluate.lessons import make_tables

    with progress("learning victims", 1, console=make_console(stderr=True)) as step:
        for name, table in make_tables(corpus).items():
            (folder / f"{name}.tsv").write_text(table, encoding="utf-8")
        step()
    victim.load_weights.cache_clear()
    places.load_weights.cache_clear()


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
