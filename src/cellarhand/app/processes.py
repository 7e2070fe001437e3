"""Processes beside the server: they yield to it, and none outlives whoever started it."""

import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait


def pool(count: int, *, nice: int) -> ProcessPoolExecutor:
    """A pool of fresh processes at this niceness that end when their parent ends, however that happens."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_start, initargs=(nice,))


def _start(nice: int) -> None:
    os.nice(nice)
    # One thread of linear algebra a process: with more of them than free cores a fit takes ten times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)
