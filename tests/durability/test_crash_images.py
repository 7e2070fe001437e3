"""The power fails at any moment: what the disk then holds still has every reading that was acknowledged.

The images are made from what a real server was seen to write and sync; SQLite's part is tested with ours.
"""

import gc
import random
import shutil
import warnings
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from cellarhand.domain import CellarhandError
from cellarhand.store import Store
from cellarhand.store.kept import set_setting

from .images import MODES, Disk
from .ledger import ROWS, SEED, repeated
from .trace import Answer, Sync, Write

IMAGES = 200
WEAK_IMAGES = 40
CHECKS = ("integrity_check", "foreign_key_check")


class Clock:
    def now(self):
        return datetime.now(UTC)


@dataclass
class Tally:
    images: int = 0
    at_risk: int = 0
    damaged: int = 0
    acknowledged: int = 0
    lost: list = field(default_factory=list)
    broken: list = field(default_factory=list)


def moments(recording, count, rng):
    """Where the power fails: anywhere, just after an answer, and around a checkpoint, when two files change at once."""
    answers = [at + 1 for at, _ in recording.acknowledged]
    checkpoints = [at for at, op in enumerate(recording.ops) if getattr(op, "name", "") == "cellar.db"]
    share = count // 4
    chosen = [rng.randint(0, len(recording.ops)) for _ in range(count - 2 * share)]
    chosen += [rng.choice(answers) for _ in range(share)]
    chosen += [min(rng.choice(checkpoints) + rng.randint(0, 20), len(recording.ops)) for _ in range(share)]
    return sorted(chosen)


def crash_everywhere(recording, folder, *, count, seed):
    """Makes and opens images; what was acknowledged and isn't there, or what is damaged, is in the tally."""
    rng, disk, tally = random.Random(seed), Disk(recording.ops), Tally()
    for at in moments(recording, count, rng):
        disk.advance(at)
        mode = rng.choice(MODES)
        image = disk.crash(rng, mode)
        acknowledged = recording.acknowledged_before(at)
        where = f"seed {seed}, image {tally.images}, operation {at} of {len(recording.ops)}, {mode}"
        tally.images += 1
        tally.at_risk += disk.unsynced() > 0
        tally.damaged += image != disk.seen()
        tally.acknowledged += len(acknowledged)
        rows, broken = opened(image, folder / "image")
        tally.broken += [f"{where}: {words}" for words in [*broken, *(f"{key} twice" for key in repeated(rows))]]
        tally.lost += [f"{where}: post {n}" for n in recording.ledger.lost(rows, acknowledged)]
    return tally


def opened(image, folder):
    """(readings, what is wrong) of an image, opened as a server opens its store; it must be able to keep more."""
    folder.mkdir()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    try:
        return looked_into(Store(folder / "cellar.db", Clock(), synchronous="OFF"))
    except (DBAPIError, CellarhandError) as error:
        broken = [f"it can't be opened: {error}"]
    finally:
        shutil.rmtree(folder)
    with warnings.catch_warnings(action="ignore"):
        gc.collect()  # connections of a store that never came to be
    return Counter(), broken


def looked_into(store):
    with closing(store):
        with store.read() as conn:
            rows = Counter(tuple(row) for row in conn.exec_driver_sql(ROWS))
            checks = [tuple(row) for pragma in CHECKS for row in conn.exec_driver_sql(f"PRAGMA {pragma}")]
        store.writer.run(lambda txn: set_setting(txn, "after the crash", "kept"))
    return rows, [str(row) for row in checks if row != ("ok",)]


def test_the_recording_is_complete(recorded):
    """Replayed in full it is the store's files, byte for byte, and it holds everything that a store does."""
    disk = Disk(recorded.ops)
    disk.advance(len(recorded.ops))
    files = {name: content for name, content in recorded.files.items() if not name.endswith(("-shm", ".live"))}
    assert {n: len(c) for n, c in disk.seen().items()} == {n: len(c) for n, c in files.items()}, recorded.traces
    assert disk.seen() == files, recorded.traces
    first = recorded.acknowledged[0][0]
    assert any(isinstance(op, Write) and op.name == "cellar.db" for op in recorded.ops[first:]), "no checkpoint"
    assert len(recorded.acknowledged) > 400
    assert recorded.forecasts > 0


def test_no_crash_loses_an_acknowledged_reading(recorded, tmp_path):
    tally = crash_everywhere(recorded, tmp_path, count=IMAGES, seed=SEED)
    assert not tally.lost, (len(tally.lost), tally.lost[:5], recorded.traces)
    assert not tally.broken, (tally.broken[:5], recorded.traces)
    assert tally.images == IMAGES
    assert tally.at_risk > IMAGES / 4 and tally.damaged > IMAGES / 8, tally


def test_commits_that_are_not_synced_are_found(recorded_with, tmp_path):
    tally = crash_everywhere(recorded_with("normal"), tmp_path, count=WEAK_IMAGES, seed=SEED)
    assert len(tally.lost) > 0
    assert not tally.broken, tally.broken[:5]


def test_answers_before_the_commit_are_found(recorded_with, tmp_path):
    tally = crash_everywhere(recorded_with("early"), tmp_path, count=WEAK_IMAGES, seed=SEED)
    assert len(tally.lost) > 0
    assert not tally.broken, tally.broken[:5]


def test_a_disk_that_lies_about_a_sync_is_found(recorded, tmp_path):
    """The same recording, as if the store's own file had not been synced before its log was begun anew."""
    ops = [Answer(0) if isinstance(op, Sync) and op.name == "cellar.db" else op for op in recorded.ops]
    tally = crash_everywhere(replace(recorded, ops=ops), tmp_path, count=2 * WEAK_IMAGES, seed=SEED)
    assert len(tally.lost) > 0
    assert len(tally.broken) > 0
