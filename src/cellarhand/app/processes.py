"""Processes beside the server: they yield to it, and none outlives whoever started it."""

import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait


def pool(count: int, *, nice: int, idle: bool = False) -> ProcessPoolExecutor:
    """A pool of fresh processes at this niceness that end when their parent ends, however that happens.

    An idle one runs only while nothing else wants to: a nice one still holds a core for some milliseconds at a time.
    """
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_start, initargs=(nice, idle))


def _start(nice: int, idle: bool) -> None:
    os.nice(nice)
    if hasattr(os, "SCHED_IDLE"):  # Linux; anyone may ask for less
        os.sched_setscheduler(0, os.SCHED_IDLE if idle else os.SCHED_BATCH, os.sched_param(0))
    # One thread of linear algebra a process: with more of them than free cores a fit takes ten times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)
