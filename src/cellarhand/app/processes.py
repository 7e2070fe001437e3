"""Processes beside the server: they yield to it, and none outlives whoever started it."""

import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait


def pool(count: int, *, nice: int) -> ProcessPoolExecutor:
    """A pool of fresh processes at this niceness that end when their parent ends, however that happens."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_start, initargs=(nice,))


def idle_pool(count: int) -> ProcessPoolExecutor:
    """The same for work that runs only while nothing else wants to."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_start_idle)


def end(workers: ProcessPoolExecutor) -> None:
    """Ends the processes of a pool at once; what they were doing is dropped."""
    for process in list((workers._processes or {}).values()):
        process.terminate()
    workers.shutdown(wait=True, cancel_futures=True)


def give_way() -> None:
    """From now on this process, and all that it starts, runs only while nothing else wants to: a nice one still holds a
    core for some milliseconds at a time. Can't be taken back.
    """
    os.nice(10)
    if hasattr(os, "SCHED_IDLE"):  # Linux; anyone may ask for less
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _start(nice: int) -> None:
    os.nice(nice)
    if nice and hasattr(os, "SCHED_BATCH") and os.sched_getscheduler(0) == os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    # One thread of linear algebra a process: with more of them than free cores a fit takes ten times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _start_idle() -> None:
    give_way()
    _start(0)


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)
