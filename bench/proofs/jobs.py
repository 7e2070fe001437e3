"""The four proofs by name, as jobs that another process can run."""

from collections.abc import Callable
from typing import Any

from bench.proofs import limit, permuted, second, tamper

SEED = 20261125
PROOFS: dict[str, Callable[..., dict[str, Any]]] = {
    "limit": limit.prove,
    "second": second.prove,
    "permuted": permuted.prove,
    "tamper": tamper.prove,
}


def job(name: str) -> dict[str, Any]:
    """One proof, telling how far it is by tenths."""
    reached = [0]

    def told(share: float) -> None:
        if int(share * 10) > reached[0]:
            reached[0] = int(share * 10)
            print(f"{name}: {10 * reached[0]} %", flush=True)

    return PROOFS[name](SEED + list(PROOFS).index(name), told=told)
