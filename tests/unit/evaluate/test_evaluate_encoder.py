"""Training the encoder: what is taken of the base, and that what PyTorch teaches is what numpy runs."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from incidex.coding.encoder import ALONE
from incidex.coding.encoder_model import (
    LAYER_STEPS,
    MOST,
    dump_encoder,
    encode,
    load_encoder,
    parse_encoder,
    round_all,
)
from incidex.coding.encoder_words import FIRST, LAST, UNKNOWN, Pieces
from incidex.coding.linear_model import Floats, load_model
from incidex.evaluate import train_encoder
from incidex.evaluate.train_encoder import (
    VOCABULARY,
    WEIGHTS,
    choose_pieces,
    describe,
    read_base,
)
from incidex.evaluate.train_rows import read_examples
from incidex.model import InputError
from tests.corpora import write_corpus

LETTERS = "abcdefghijklmnopqrstuvwxyz"
NAMES = ("[PAD]", UNKNOWN, FIRST, LAST, *LETTERS, "##s", "someone", "broke", "the", "server")
WIDTH, INNER = 24, 48


def write_base(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a base of chance numbers as a file of the format safetensors, and take it for the right one."""
    chance = np.random.default_rng(5)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(NAMES), WIDTH),
        "embeddings.position_embeddings.weight": (MOST + 9, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }
    lines: dict[str, tuple[int, ...]] = {"embeddings.LayerNorm": (WIDTH,)}
    for layer in range(train_encoder.LAYERS):
        name = f"encoder.layer.{layer}."
        for part in ("query", "key", "value"):
            lines[f"{name}attention.self.{part}"] = (WIDTH, WIDTH)
        lines[f"{name}attention.output.dense"] = (WIDTH, WIDTH)
        lines[f"{name}intermediate.dense"] = (INNER, WIDTH)
        lines[f"{name}output.dense"] = (WIDTH, INNER)
        lines[f"{name}attention.output.LayerNorm"] = lines[f"{name}output.LayerNorm"] = (WIDTH,)
    for name, shape in lines.items():
        shapes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    arrays = {name: chance.normal(0, 0.2, shape).astype("<f4") for name, shape in shapes.items()}
    content = to_safetensors(arrays)
    (folder / WEIGHTS).write_bytes(content)
    (folder / VOCABULARY).write_text("\n".join(NAMES) + "\n", encoding="utf-8")
    monkeypatch.setattr(train_encoder, "BASE", hashlib.sha256(content).hexdigest())
    return folder


def to_safetensors(arrays: Mapping[str, Floats]) -> bytes:
    table, at = {}, 0
    for name, array in arrays.items():
        table[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    head = json.dumps({"__metadata__": {"format": "pt"}, **table}).encode()
    return len(head).to_bytes(8, "little") + head + b"".join(array.tobytes() for array in arrays.values())


def test_the_base_is_read_under_our_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arrays, names = read_base(write_base(tmp_path, monkeypatch))
    assert tuple(names) == NAMES
    assert arrays["place"].shape == (MOST, WIDTH)
    assert arrays["5.qkv.weight"].shape == (3 * WIDTH, WIDTH)
    assert arrays["0.down.weight"].shape == (WIDTH, INNER)
    assert encode(arrays, train_encoder.LAYERS, np.array([2, 5, 3])).shape == (3, WIDTH)


def test_another_base_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_base(tmp_path)
    write_base(tmp_path, monkeypatch)
    (tmp_path / WEIGHTS).write_bytes((tmp_path / WEIGHTS).read_bytes() + b"x")
    with pytest.raises(InputError, match="is not the all-MiniLM-L6-v2"):
        read_base(tmp_path)


def test_pieces_are_kept_that_rows_have_or_that_are_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_encoder, "_COMMON", 10)
    pieces, kept = choose_pieces(NAMES, list(read_examples(write_corpus(tmp_path))))
    assert [NAMES[number] for number in kept] == list(pieces.names)
    assert {UNKNOWN, FIRST, LAST, "z", "##s", "server"} <= set(pieces.names)
    assert "[PAD]" not in pieces.names


def test_weights_are_rounded_as_they_are_written() -> None:
    arrays = {
        "0.up.weight": np.array([[1.0, -0.5, 0.013]], np.float32),
        "bias": np.array([0.013], np.float32),
    }
    rounded = round_all(arrays)
    assert np.allclose(rounded["0.up.weight"] * LAYER_STEPS, [[31, -16, 0]])
    assert rounded["bias"] is arrays["bias"]


def test_the_encoder_that_ships_was_trained_with_the_settings_of_the_code() -> None:
    encoder = load_encoder()
    assert encoder.settings.trained_on == describe(), "run: incidex evaluate train --encoder FOLDER"
    assert len(set(encoder.settings.labels) & set(load_model().settings.labels)) > 190
    assert set(encoder.settings.thresholds) | ALONE == set(load_model().settings.thresholds)


def test_what_is_taught_is_what_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(train_encoder, "_COMMON", 99)
    monkeypatch.setattr(train_encoder, "ROUNDS", 2)
    base = write_base(tmp_path, monkeypatch)
    examples = list(read_examples(write_corpus(tmp_path)))
    settled = parse_encoder(dump_encoder(train_encoder.train_encoder(base, examples)))
    found = settled.pieces.cut("Someone broke the servers")
    numbers = settled.pieces.enclose([each.number for each in found])
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in settled.arrays.items()}
    hidden = train_encoder._norm(tensors, "norm", tensors["word"][numbers] + tensors["place"][: len(numbers)])
    is_there = torch.ones(1, len(numbers), dtype=torch.bool)
    run = train_encoder._run(tensors, range(train_encoder.LAYERS), hidden[None], is_there, dropped=0)[0]
    assert np.allclose(run.numpy(), encode(settled.arrays, settled.layers, np.array(numbers)), atol=1e-4)
    again = train_encoder.train_encoder(base, examples)
    assert dump_encoder(again) == dump_encoder(train_encoder.train_encoder(base, examples))


def test_pieces_of_the_shipped_encoder_cover_plain_english() -> None:
    pieces = load_encoder().pieces
    assert isinstance(pieces, Pieces)
    text = "Thieves stole an unencrypted laptop with the records of 4,500 patients from Mercy Hospital."
    assert pieces.index[UNKNOWN] not in {each.number for each in pieces.cut(text)}
