"""The power fails at any moment: what the disk then holds still has every reading that was acknowledged.

The images are made from what a real server was seen to write and sync; SQLite's part in the promise is tested with ours.
"""

import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cellarhand.store import Store
from cellarhand.store.kept import set_setting

from .conftest import SEED
from .images import MODES, Disk
from .ledger import ROWS, repeated
from .trace import Write

IMAGES = 200
WEAK_IMAGES = 40


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
    """Where the power fails: anywhere, or just after an answer, when the least time has passed since the commit."""
    answers = [at + 1 for at, _ in recording.acknowledged]
    anywhere = [rng.randint(0, len(recording.ops)) for _ in range(count - count // 4)]
    return sorted(anywhere + [rng.choice(answers) for _ in range(count // 4)])


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
    store = Store(folder / "cellar.db", Clock(), synchronous="OFF")
    try:
        with store.read() as conn:
            rows = Counter(tuple(row) for row in conn.exec_driver_sql(ROWS))
            checks = [
                *conn.exec_driver_sql("PRAGMA integrity_check"),
                *conn.exec_driver_sql("PRAGMA foreign_key_check"),
            ]
        store.writer.run(lambda txn: set_setting(txn, "after the crash", "kept"))
    finally:
        store.close()
        shutil.rmtree(folder)
    return rows, [str(row) for row in checks if tuple(row) != ("ok",)]


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
    print(tally.images, tally.at_risk, tally.damaged, tally.acknowledged)


def test_commits_that_are_not_synced_are_found(recorded_with, tmp_path):
    tally = crash_everywhere(recorded_with("normal"), tmp_path, count=WEAK_IMAGES, seed=SEED)
    assert len(tally.lost) > 0
    assert not tally.broken, tally.broken[:5]


def test_answers_before_the_commit_are_found(recorded_with, tmp_path):
    tally = crash_everywhere(recorded_with("early"), tmp_path, count=WEAK_IMAGES, seed=SEED)
    assert len(tally.lost) > 0
    assert not tally.broken, tally.broken[:5]
