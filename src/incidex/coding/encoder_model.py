"""A small sentence encoder that has learned our labels, run by numpy alone.

BERT's layers (Devlin et al. 2018), with tanh for the error function in GELU, on 384 numbers a piece. Each
label asks every piece how much it matters, and is the mean of what they say, so weighed (label-wise
attention, Mullenbach et al. 2018): a label's log-odds are a sum over pieces.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from io import BytesIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from incidex.coding.encoder_words import Pieces
from incidex.coding.linear_model import Floats, Label, Settings, check_hash
from incidex.model import DamageError

#: Of the artefact's arrays and settings; a file of another version is refused.
FORMAT = 1
FILE = "encoder.npz"
#: Pieces that are read, the beginning and the end of the text among them: its lead.
MOST = 160
#: Heads of attention in each layer, and what is added to a variance so that nothing is divided by 0.
HEADS, _LEAST_VARIANCE = 12, 1e-12
#: The steps of a weight to each side of 0: a vector's, and a layer's.
VECTOR_STEPS, LAYER_STEPS = 15, 31

Arrays = Mapping[str, Floats]


@dataclass(frozen=True)
class Encoder:
    """Vectors and layers by name: `word`, `place`, `norm.weight`, `0.qkv.weight`, …, `ask`, `say`, `bias`."""

    pieces: Pieces
    arrays: Arrays
    settings: Settings

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """The labels, in the order of the columns."""
        return tuple(Label(*label) for label in self.settings.labels)

    @cached_property
    def layers(self) -> int:
        """How many layers there are."""
        return sum(name.endswith("qkv.weight") for name in self.arrays)

    def weigh(self, numbers: Sequence[int]) -> Floats:
        """Return what each piece adds to the log-odds of each label: pieces × labels, without the bias."""
        arrays = self.arrays
        hidden = encode(arrays, self.layers, np.array(numbers, np.int64))
        shares = _softmax(hidden @ arrays["ask"].T, axis=0)
        shares *= hidden @ arrays["say"].T
        return shares

    def score(self, numbers: Sequence[int]) -> Floats:
        """Return the log-odds of each label."""
        scores: Floats = self.weigh(numbers).sum(axis=0) + self.arrays["bias"]
        return scores


def encode(arrays: Arrays, layers: int, numbers: NDArray[np.int64]) -> Floats:
    """Return the vectors of the pieces as the last layer leaves them."""
    hidden = _norm(arrays, "norm", arrays["word"][numbers] + arrays["place"][: len(numbers)])
    for number in range(layers):
        hidden = _layer(arrays, f"{number}.", hidden)
    return hidden


def _layer(arrays: Arrays, name: str, hidden: Floats) -> Floats:
    count, width = hidden.shape
    mixed = _linear(arrays, f"{name}qkv", hidden).reshape(count, 3, HEADS, width // HEADS)
    asked, offered, given = mixed.transpose(1, 2, 0, 3)
    scale = np.float32((width // HEADS) ** -0.5)
    attended = _softmax(asked @ offered.transpose(0, 2, 1) * scale, axis=-1) @ given
    joined = attended.transpose(1, 0, 2).reshape(count, width)
    hidden = _norm(arrays, f"{name}norm1", hidden + _linear(arrays, f"{name}out", joined))
    inner = _gelu(_linear(arrays, f"{name}up", hidden))
    return _norm(arrays, f"{name}norm2", hidden + _linear(arrays, f"{name}down", inner))


def _linear(arrays: Arrays, name: str, hidden: Floats) -> Floats:
    product: Floats = hidden @ arrays[f"{name}.weight"].T
    product += arrays[f"{name}.bias"]
    return product


def _norm(arrays: Arrays, name: str, hidden: Floats) -> Floats:
    hidden = hidden - hidden.mean(axis=-1, keepdims=True)
    hidden /= np.sqrt(np.square(hidden).mean(axis=-1, keepdims=True) + np.float32(_LEAST_VARIANCE))
    hidden *= arrays[f"{name}.weight"]
    hidden += arrays[f"{name}.bias"]
    return hidden


def _gelu(values: Floats) -> Floats:
    inner = values * values
    inner *= np.float32(0.044715)
    inner += 1
    inner *= values
    inner *= np.float32((2 / np.pi) ** 0.5)
    np.tanh(inner, out=inner)
    inner += 1
    inner *= values
    inner *= np.float32(0.5)
    return inner


def _softmax(values: Floats, axis: int) -> Floats:
    values = np.exp(values - values.max(axis=axis, keepdims=True))
    values /= values.sum(axis=axis, keepdims=True)
    return values


def shrink(array: Floats, steps: int) -> tuple[NDArray[np.int8], Floats]:
    """Return the rows of a matrix as small integers, and what one step of each row is worth."""
    scale = np.maximum(np.abs(array).max(axis=1), 1e-9) / steps
    return np.rint(array / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def round_all(arrays: Arrays) -> dict[str, Floats]:
    """Return the arrays as they will be once they were written and read."""
    rounded = dict(arrays)
    for name, array in arrays.items():
        if array.ndim == 2:
            small, scale = shrink(array, _steps_of(name))
            rounded[name] = small * scale[:, None]
    return rounded


def _steps_of(name: str) -> int:
    return VECTOR_STEPS if name == "word" else LAYER_STEPS


def dump_encoder(encoder: Encoder) -> bytes:
    """Return the artefact: the same bytes for the same encoder."""
    held: dict[str, NDArray[np.generic]] = {
        "format": np.array([FORMAT], np.int32),
        "pieces": np.frombuffer("\n".join(encoder.pieces.names).encode(), np.uint8),
        "settings": np.frombuffer(msgspec.json.encode(encoder.settings), np.uint8),
    }
    for name, array in encoder.arrays.items():
        if array.ndim == 2:
            held[f"int {name}"], held[f"step {name}"] = shrink(array, _steps_of(name))
        else:
            held[f"real {name}"] = array
    buffer = BytesIO()
    save: Callable[..., None] = np.savez_compressed
    save(buffer, **held)
    return buffer.getvalue()


def parse_encoder(content: bytes) -> Encoder:
    """Return the encoder that an artefact holds."""
    with np.load(BytesIO(content), allow_pickle=False) as held:
        if int(held["format"][0]) != FORMAT:
            raise DamageError(f"the encoder is of format {int(held['format'][0])}, not {FORMAT}")
        arrays: dict[str, Floats] = {}
        for key in held.files:
            kind, _, name = key.partition(" ")
            if kind == "int":
                arrays[name] = held[key] * held[f"step {name}"][:, None]
            elif kind == "real":
                arrays[name] = held[key]
        names = tuple(held["pieces"].tobytes().decode().split("\n"))
        settings = msgspec.json.decode(held["settings"].tobytes(), type=Settings)
    return Encoder(Pieces(names), arrays, settings)


@cache
def load_encoder() -> Encoder:
    """Return the encoder that the package ships, once its bytes are those that the card names."""
    folder = files("incidex.coding").joinpath("data")
    card = folder.joinpath(f"{FILE}.sha256").read_text(encoding="ascii").split()[0]
    return parse_encoder(check_hash(folder.joinpath(FILE).read_bytes(), card))
