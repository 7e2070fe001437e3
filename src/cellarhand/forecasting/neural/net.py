"""The net: standardised inputs, layers that add to what came before, bins out. NumPy here, JAX while it learns.

It is several of one shape, each from its own first weights: what they say is averaged, as shares and not as logits.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile
from zlib import error as ZlibError

import numpy as np

from cellarhand.domain import CellarhandError, Floats
from cellarhand.forecasting.neural import heads, inputs

Array = Any
Layers = list[tuple[Array, Array]]
SHIPPED = "weights.npz"
WIDEST = 5.0  # no standardised input counts for more: a fault far outside what was learnt is only "very"


class WrongWeights(CellarhandError):
    """Weights that were made for other inputs or bins than this program's."""


@dataclass(frozen=True, eq=False)
class Net:
    """Weights with what they were made for. `mean`, `sd` (inputs,); `nets` of layers of (in, out) and (out,).

    `proof`: some inputs and the logits that the trainer itself made of them, to hold the speaker to.
    """

    mean: Floats
    sd: Floats
    nets: list[Layers]
    story: dict[str, Any]
    proof: tuple[Floats, Floats] | None = None

    def logits(self, x: Floats) -> Floats:
        """(nets, m, heads.WIDTH) from (m, inputs)."""
        scaled = standardised(x, self.mean, self.sd)
        return np.stack([np.asarray(forward(layers, scaled), float) for layers in self.nets])

    def shares(self, x: Floats) -> tuple[Floats, Floats]:
        """Of hours left (m, N_LEFT) and of falls (m, 1 + len(AHEAD), N_FALL): the mean over the nets."""
        each = [heads.shares(logits) for logits in self.logits(x)]
        return np.mean([left for left, _ in each], axis=0), np.mean([falls for _, falls in each], axis=0)


def standardised(x: Array, mean: Array, sd: Array, xp: Any = np) -> Array:
    """Inputs in standard deviations, none wider than `WIDEST`."""
    return xp.clip((x - mean) / sd, -WIDEST, WIDEST)


def forward(layers: Layers, x: Array, xp: Any = np) -> Array:
    """Logits (m, out) from standardised inputs (m, in).

    >>> forward([(np.ones((2, 3)), np.zeros(3)), (np.ones((3, 1)), np.zeros(1))], np.zeros((1, 2))).tolist()
    [[0.0]]
    """
    for weight, bias in layers[:-1]:
        made = swish(x @ weight + bias, xp)
        x = x + made if made.shape == x.shape else made
    weight, bias = layers[-1]
    return x @ weight + bias


def swish(x: Array, xp: Any = np) -> Array:
    """x · σ(x) (Ramachandran et al. 2017).

    >>> swish(np.array([0.0])).tolist()
    [0.0]
    """
    return x / (1.0 + xp.exp(-xp.clip(x, -60.0, 60.0)))


def saved(net: Net) -> bytes:
    """The weights as an .npz: single precision, no pickle, with their story as JSON."""
    arrays = {"mean": net.mean, "sd": net.sd}
    for n, layers in enumerate(net.nets):
        for k, (weight, bias) in enumerate(layers):
            arrays |= {f"weight {n} {k}": weight, f"bias {n} {k}": bias}
    if net.proof:
        arrays |= {"proof_in": net.proof[0], "proof_out": net.proof[1]}
    out = BytesIO()
    story = np.frombuffer(json.dumps(net.story, sort_keys=True).encode(), np.uint8)
    np.savez_compressed(
        out, allow_pickle=False, story=story, **{k: np.asarray(v, np.float32) for k, v in arrays.items()}
    )
    return out.getvalue()


def loaded(raw: bytes) -> Net:
    """The inverse of `saved`. Raises `WrongWeights` on a damaged file, and on inputs or bins of another program."""
    try:
        net = _read(raw)
    except (ValueError, KeyError, OSError, EOFError, BadZipFile, ZlibError) as error:
        raise WrongWeights(
            f"the neural rung's weights can't be read ({type(error).__name__}): install them again"
        ) from None
    made = (net.story.get("inputs"), net.nets[0][-1][1].shape[0])
    if made != (list(inputs.NAMES), heads.WIDTH):
        raise WrongWeights("the neural rung's weights were made for other inputs: train them again")
    return net


def _read(raw: bytes) -> Net:
    with np.load(BytesIO(raw), allow_pickle=False) as held:
        story = json.loads(bytes(held["story"]))
        depth = sum(name.startswith("weight 0 ") for name in held.files)
        count = sum(name.startswith("weight ") for name in held.files) // depth
        nets = [[(held[f"weight {n} {k}"], held[f"bias {n} {k}"]) for k in range(depth)] for n in range(count)]
        proof = (held["proof_in"], held["proof_out"]) if "proof_in" in held.files else None
        return Net(held["mean"], held["sd"], nets, story, proof)


@cache
def shipped() -> Net:
    """The weights that came with the program."""
    return loaded(files("cellarhand.forecasting.neural").joinpath(SHIPPED).read_bytes())


def from_file(path: Path) -> Net:
    """Weights that somebody trained."""
    return loaded(path.read_bytes())
