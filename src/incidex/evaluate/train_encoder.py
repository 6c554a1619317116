"""Training the encoder: a public one of general English, its upper layers taught the labels of our rows.

Needs PyTorch and the folder of all-MiniLM-L6-v2 (Apache-2.0): six layers of 384 numbers. Word vectors and
lower layers stay as they are: what a word means that no row has is known to them alone.
"""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from incidex.coding.encoder import ALONE, make_blend, weigh
from incidex.coding.encoder_model import HEADS, MOST, Arrays, Encoder, dump_encoder, parse_encoder, round_all
from incidex.coding.encoder_words import FIRST, INSIDE, LAST, UNKNOWN, Pieces
from incidex.coding.linear_model import Floats, Label, Model, Settings
from incidex.evaluate.train import is_report, is_short, learn_settings
from incidex.evaluate.train_fit import learn_labels
from incidex.evaluate.train_rows import Example
from incidex.model import InputError

#: What is asked of the base: its files, and the hash of its weights.
WEIGHTS, VOCABULARY = "model.safetensors", "vocab.txt"
BASE = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

#: Layers that stay as they are, of all.
FROZEN, LAYERS = 3, 6
#: Rounds over the rows; pieces and rows in one step; rates of learning, of layers and of labels; and so on.
ROUNDS, STEP_PIECES, STEP_ROWS = 4, 2600, 32
RATE, LABEL_RATE, DECAY, PENALTY, DROPPED, MOST_SLOPE = 2e-4, 1e-3, 0.9, 0.01, 0.1, 10.0
#: The share of steps in which the rate rises.
_WARM = 0.1
SEED = 1
#: Of rows that say much the same, and of copies of others, so many are learned.
_BULK_SHARE, _COPY_SHARE = 0.15, 0.2
#: Pieces that the encoder keeps: the commonest of general English, and whatever so many rows have.
_COMMON, _LEAST_PIECE = 6000, 5
#: Texts whose vectors the lower layers are asked for together.
_TOGETHER = 16

#: An array of PyTorch, which comes without types.
Tensor = Any
#: Called when one more of the steps is done, of so many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Batch:
    """Rows that are learned from together: vectors of their pieces, which of those are there, and answers."""

    hidden: Tensor  # rows × pieces × width
    is_there: Tensor  # rows × pieces
    answers: Tensor  # rows × labels
    known: Tensor  # rows × labels: 1 where the answer is known


def train_encoder(
    base: Path, examples: Sequence[Example], progress: Progress = lambda _done, _all: None
) -> Encoder:
    """Return an encoder that has learned from the part "train", its settings still to be chosen.

    The same bytes in every run on one kind of processor; another rounds the sums of a step otherwise.
    """
    learned = [example for example in examples if example.part == "train" and _is_learned(example)]
    labels = learn_labels(each for each in examples if each.part == "train")
    arrays, names = read_base(base)
    pieces, kept = choose_pieces(names, learned)
    arrays["word"] = arrays["word"][kept]
    arrays = round_all(arrays)
    taught = _teach(arrays, pieces, learned, labels, progress)
    settings = Settings(tuple((label.field, label.value) for label in labels), {}, {}, (), (), describe())
    return Encoder(pieces, taught, settings)


def settle(encoder: Encoder, model: Model, examples: Sequence[Example]) -> Encoder:
    """Return the encoder with curves and thresholds for its mean with a linear model, from the part "dev".

    Neither has learned from those rows; what it has learned from it says with more certainty than is due.
    """
    written = parse_encoder(dump_encoder(encoder))
    blend = make_blend(written, model)
    chosen = [example for example in examples if example.part == "dev"]
    scores = np.array([weigh(blend, example.prepared).scores for example in chosen])
    learned = learn_settings(
        chosen, model.labels, scores, model.settings.implied, (is_report("dev"), is_short)
    )
    settings = msgspec.structs.replace(
        encoder.settings,
        curves={field: curve for field, curve in learned.curves.items() if field not in ALONE},
        thresholds={field: floor for field, floor in learned.thresholds.items() if field not in ALONE},
        trained_on=describe(),
    )
    return replace(written, settings=settings)


def describe() -> str:
    """Return the settings of the training, as the artefact carries them."""
    settings: Mapping[str, float] = {
        "frozen": FROZEN,
        "layers": LAYERS,
        "pieces": MOST,
        "rounds": ROUNDS,
        "rate": RATE,
        "label rate": LABEL_RATE,
        "decay": DECAY,
        "penalty": PENALTY,
        "dropped": DROPPED,
        "seed": SEED,
    }
    return f"base {BASE[:12]}, " + ", ".join(f"{name} {value:g}" for name, value in settings.items())


def _is_learned(example: Example) -> bool:
    """Say whether a row is one of those that are learned: all, but a share of copies and of many alike."""
    share = 1.0
    if example.is_copy:
        share = _COPY_SHARE
    elif example.is_bulk or example.excluded:
        share = _BULK_SHARE
    digest = sha256(f"{example.id} {len(example.prepared.text)}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < share


def read_base(folder: Path) -> tuple[dict[str, Floats], list[str]]:
    """Return the weights of the base under the names that our encoder has for them, and its vocabulary.

    Raises `InputError` where the folder holds no such base, or another one.
    """
    try:
        content = (folder / WEIGHTS).read_bytes()
        names = (folder / VOCABULARY).read_text("utf-8").splitlines()
    except OSError as error:
        raise InputError(
            f"no base in {folder}: {error.filename} cannot be read ({error.strerror})"
        ) from error
    if hashlib.sha256(content).hexdigest() != BASE:
        raise InputError(
            f"{folder / WEIGHTS} is not the all-MiniLM-L6-v2 whose sha256 begins with {BASE[:12]}"
        )
    held = dict(_parse_safetensors(content))
    places = held["embeddings.position_embeddings.weight"][:MOST]
    arrays = {
        "word": held["embeddings.word_embeddings.weight"],
        "place": places + held["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": held["embeddings.LayerNorm.weight"],
        "norm.bias": held["embeddings.LayerNorm.bias"],
    }
    for number in range(LAYERS):
        arrays |= _read_layer(held, number)
    return arrays, names


def _parse_safetensors(content: bytes) -> Iterator[tuple[str, Floats]]:
    """Yield the arrays of a file of the format safetensors: a length, a table as JSON, and the numbers."""
    start = 8 + int.from_bytes(content[:8], "little")
    for name, table in json.loads(content[8:start]).items():
        if table.get("dtype") == "F32":
            first, last = table["data_offsets"]
            numbers = np.frombuffer(content, "<f4", (last - first) // 4, start + first)
            yield name, numbers.reshape(table["shape"]).astype(np.float32)


def _read_layer(held: Mapping[str, Floats], number: int) -> Iterator[tuple[str, Floats]]:
    theirs, ours = f"encoder.layer.{number}.", f"{number}."
    parts = {
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm2": "output.LayerNorm",
    }
    for kind in ("weight", "bias"):
        mixed = [held[f"{theirs}attention.self.{each}.{kind}"] for each in ("query", "key", "value")]
        yield f"{ours}qkv.{kind}", np.concatenate(mixed)
        for name, their_name in parts.items():
            yield f"{ours}{name}.{kind}", held[f"{theirs}{their_name}.{kind}"]


def choose_pieces(names: Sequence[str], examples: Sequence[Example]) -> tuple[Pieces, list[int]]:
    """Return the pieces that are kept, and where they stand in the vocabulary of the base."""
    every = Pieces(tuple(names))
    counts = Counter(
        number
        for example in examples
        for number in {each.number for each in every.cut(example.prepared.text)}
    )
    kept = [
        number
        for number, name in enumerate(names)
        if name in (UNKNOWN, FIRST, LAST)
        or len(name.removeprefix(INSIDE)) == 1
        or (
            name.isascii()
            and not name.startswith("[")
            and (number < _COMMON or counts[number] >= _LEAST_PIECE)
        )
    ]
    return Pieces(tuple(names[number] for number in kept)), kept


def _teach(
    arrays: Arrays, pieces: Pieces, examples: Sequence[Example], labels: Sequence[Label], progress: Progress
) -> dict[str, Floats]:
    import torch

    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    answers, known = _answer(examples, labels)
    width = arrays["word"].shape[1]
    share = ((answers * known).sum(axis=0) + 1) / (known.sum(axis=0) + 2)
    tensors["ask"] = torch.zeros(len(labels), width)
    tensors["say"] = torch.randn(len(labels), width) * 0.02
    tensors["bias"] = torch.from_numpy(np.log(share / (1 - share)).astype(np.float32))
    numbers = [
        pieces.enclose([each.number for each in pieces.cut(example.prepared.text)][: MOST - 2])
        for example in examples
    ]
    hidden = _ask_lower(tensors, numbers)
    plan = list(_plan([len(each) for each in numbers]))
    optimiser, rates = _make_optimiser(tensors)
    for step, rows in enumerate(plan):
        batch = _gather(hidden, answers, known, rows)
        rise = min((step + 1) / (_WARM * len(plan)), (len(plan) - step) / ((1 - _WARM) * len(plan)))
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * rise
        loss = _loss(tensors, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(
            [each for group in optimiser.param_groups for each in group["params"]], MOST_SLOPE
        )
        optimiser.step()
        optimiser.zero_grad()
        progress(step + 1, len(plan))
    return {name: tensor.detach().numpy() for name, tensor in tensors.items()}


def _answer(examples: Sequence[Example], labels: Sequence[Label]) -> tuple[Floats, Floats]:
    """Return the answers (1 or 0), examples × labels, and 1 where they are known."""
    answers = np.zeros((len(examples), len(labels)), np.float32)
    known = np.zeros_like(answers)
    for row, example in enumerate(examples):
        for column, label in enumerate(labels):
            values, excluded = example.answers.get(label.field), example.excluded.get(label.field)
            if values is None:
                continue
            so = label.value in values
            answers[row, column] = so
            known[row, column] = so or excluded is None or label.value in excluded
    return answers, known


def _plan(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the rows of each step: in every round all of them, those of about one length together."""
    chance = random.Random(SEED)
    for _ in range(ROUNDS):
        order = sorted(range(len(lengths)), key=lambda row: lengths[row] + chance.random() * 12)
        steps: list[list[int]] = [[]]
        for row in order:
            rows = steps[-1]
            if rows and ((len(rows) + 1) * lengths[row] > STEP_PIECES or len(rows) >= STEP_ROWS):
                steps.append([])
            steps[-1].append(row)
        chance.shuffle(steps)
        yield from steps


def _make_optimiser(tensors: Mapping[str, Tensor]) -> tuple[Any, list[float]]:
    """Return what moves the labels and the upper layers, and the full rate of each."""
    import torch

    groups: list[dict[str, Any]] = [
        {"params": [tensors[name] for name in ("ask", "say", "bias")], "lr": LABEL_RATE, "weight_decay": 0.0}
    ]
    for layer in range(FROZEN, LAYERS):
        params = [tensor for name, tensor in tensors.items() if name.startswith(f"{layer}.")]
        rate = RATE * DECAY ** (LAYERS - 1 - layer)
        groups.append({"params": params, "lr": rate, "weight_decay": PENALTY})
    for group in groups:
        for tensor in group["params"]:
            tensor.requires_grad_(True)
    return torch.optim.AdamW(groups, betas=(0.9, 0.98)), [group["lr"] for group in groups]


def _ask_lower(tensors: Mapping[str, Tensor], numbers: Sequence[Sequence[int]]) -> list[Tensor]:
    """Return the vectors of each row's pieces as the layers that stay leave them."""
    import torch

    found: list[Tensor] = [None] * len(numbers)
    order = sorted(range(len(numbers)), key=lambda row: len(numbers[row]))
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(order), _TOGETHER):
            rows = order[start : start + _TOGETHER]
            longest = max(len(numbers[row]) for row in rows)
            padded = torch.tensor([[*numbers[row], *[0] * (longest - len(numbers[row]))] for row in rows])
            is_there = torch.tensor([[at < len(numbers[row]) for at in range(longest)] for row in rows])
            hidden = _norm(tensors, "norm", tensors["word"][padded] + tensors["place"][:longest])
            hidden = _run(tensors, range(FROZEN), hidden.bfloat16(), is_there, dropped=0)
            for row, vectors in zip(rows, hidden, strict=True):
                found[row] = vectors[: len(numbers[row])].bfloat16().clone()
    return found


def _gather(hidden: Sequence[Tensor], answers: Floats, known: Floats, rows: Sequence[int]) -> Batch:
    import torch

    padded = torch.nn.utils.rnn.pad_sequence([hidden[row] for row in rows], batch_first=True)
    lengths = torch.tensor([len(hidden[row]) for row in rows])
    is_there = torch.arange(padded.shape[1]) < lengths[:, None]
    return Batch(padded, is_there, torch.from_numpy(answers[rows]), torch.from_numpy(known[rows]))


def _loss(tensors: Mapping[str, Tensor], batch: Batch) -> Tensor:
    import torch
    from torch.nn import functional

    with torch.autocast("cpu", torch.bfloat16):
        hidden = _run(tensors, range(FROZEN, LAYERS), batch.hidden, batch.is_there, dropped=DROPPED)
        hidden = functional.dropout(hidden, DROPPED)
        asked = (hidden @ tensors["ask"].T).float().masked_fill(~batch.is_there[:, :, None], -1e4)
        scores = (asked.softmax(1) * (hidden @ tensors["say"].T).float()).sum(1) + tensors["bias"]
    wrong = functional.binary_cross_entropy_with_logits(scores, batch.answers, reduction="none")
    return (wrong * batch.known).sum(1).mean()


def _run(
    tensors: Mapping[str, Tensor], layers: Sequence[int], hidden: Tensor, is_there: Tensor, *, dropped: float
) -> Tensor:
    """Return what the layers make of the vectors: as `encoder_model.encode` does, many rows at once."""
    import torch
    from torch.nn import functional

    mask = torch.zeros(is_there.shape, dtype=hidden.dtype).masked_fill(~is_there, -1e4)[:, None, None, :]
    rows, count, width = hidden.shape
    for layer in layers:
        mixed = _linear(tensors, f"{layer}.qkv", hidden).view(rows, count, 3, HEADS, width // HEADS)
        attended = functional.scaled_dot_product_attention(
            *mixed.permute(2, 0, 3, 1, 4), attn_mask=mask, dropout_p=dropped
        )
        out = _linear(tensors, f"{layer}.out", attended.transpose(1, 2).reshape(rows, count, width))
        hidden = _norm(tensors, f"{layer}.norm1", hidden + functional.dropout(out, dropped))
        inner = functional.gelu(_linear(tensors, f"{layer}.up", hidden), approximate="tanh")
        down = functional.dropout(_linear(tensors, f"{layer}.down", inner), dropped)
        hidden = _norm(tensors, f"{layer}.norm2", hidden + down)
    return hidden


def _linear(tensors: Mapping[str, Tensor], name: str, hidden: Tensor) -> Tensor:
    from torch.nn import functional

    return functional.linear(hidden, tensors[f"{name}.weight"], tensors[f"{name}.bias"])


def _norm(tensors: Mapping[str, Tensor], name: str, hidden: Tensor) -> Tensor:
    from torch.nn import functional

    weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
    return functional.layer_norm(hidden, weight.shape, weight, bias, 1e-12)
