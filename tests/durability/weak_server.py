"""The server with a fault planted, to show that the proofs find it: `weak_server.py FAULT serve …`.

normal: commits are not synced. early: a device is answered before the commit.
"""

import sys


def normal():
    """synchronous=NORMAL: what is committed waits for the next checkpoint to reach the disk."""
    import cellarhand.store

    real = cellarhand.store.writer_engine
    cellarhand.store.writer_engine = lambda path, **_: real(path, synchronous="NORMAL")


def early():
    """The answer doesn't wait for the commit."""
    from cellarhand.app.intake import Intake

    real = Intake._append

    def answered_at_once(self, post, *more):
        real(self, post, *more)
        done = self._loop.create_future()
        done.set_result(None)
        return done

    Intake._append = answered_at_once


FAULTS = {"normal": normal, "early": early}

if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    from cellarhand.__main__ import main

    main()
