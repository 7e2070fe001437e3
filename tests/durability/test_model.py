"""The proofs' own instruments: what is read from a trace, and what a disk may hold."""

import random
from pathlib import Path

from .images import SECTOR, Disk
from .trace import Answer, Create, Reader, Sync, Truncate, Unlink, Write, _hexed

STORE = Path("/cellar/cellar.db")
WAL = f"14<{_hexed('/cellar/cellar.db-wal')}>"
SEEDS = range(200)


def ops_of(tmp_path, *lines):
    trace = tmp_path / "trace.txt"
    trace.write_text("".join(f"{line}\n" for line in lines))
    reader = Reader(STORE)
    reader.read(trace)
    return reader.ops


def crashes(ops, mode="sectors"):
    disk = Disk(ops)
    disk.advance(len(ops))
    return [disk.crash(random.Random(seed), mode) for seed in SEEDS]


def test_calls_become_operations_in_the_order_of_their_beginning_and_syncs_of_their_end(tmp_path):
    socket = f"29<{_hexed('TCP:[127.0.0.1:80->127.0.0.1:4711]')}>"
    words = _hexed("HTTP/1.1 201 Created")
    found = ops_of(
        tmp_path,
        f'7 openat(AT_FDCWD<{_hexed("/")}>, "{_hexed("/cellar/cellar.db-wal")}", O_RDWR|O_CREAT, 0600) = {WAL}',
        f'7 pwrite64({WAL}, "{_hexed("abcd")}", 4, 32 <unfinished ...>',
        f'8 write({socket}, "{words}", 20) = 20',
        "7 <... pwrite64 resumed>) = 3",
        f"7 fdatasync({WAL} <unfinished ...>",
        f'8 write({socket}, "{words}", 20 <unfinished ...>',
        "7 <... fdatasync resumed>) = 0",
        "8 <... write resumed>) = 20",
        f"7 fdatasync({WAL}) = -1 EIO (Input/output error) (INJECTED)",
        f'7 unlink("{_hexed("/cellar/cellar.db-wal")}") = 0',
    )
    name = "cellar.db-wal"
    assert found == [Create(name), Write(name, 32, b"abc"), Answer(4711), Answer(4711), Sync(name, 3), Unlink(name)]


def test_what_was_synced_is_never_lost():
    ops = [Create("f"), Write("f", 0, b"a" * 2000), Sync("f", 2), Write("f", 100, b"b" * 2000), Write("f", 2100, b"c")]
    for image in crashes(ops):
        assert len(image["f"]) >= 2000
        sectors = [image["f"][:2000][i : i + SECTOR] for i in range(0, 2000, SECTOR)]
        assert all(set(sector) <= set(b"ab") for sector in sectors)
        assert set(sectors[1]) in (set(b"a"), set(b"b")), "a sector is written whole"


def test_what_was_not_synced_is_lost_sector_by_sector():
    ops = [Create("f"), Sync("f", 1), Write("f", 0, b"a" * 2048), Write("f", 0, b"b" * 2048)]
    seen = {tuple(image["f"][i : i + 1] for i in range(0, 2048, SECTOR)) for image in crashes(ops)}
    assert len(seen) > 20
    assert {image["f"] for image in crashes(ops, "none")} == {b""}
    assert {image["f"] for image in crashes(ops, "all")} == {b"b" * 2048}


def test_a_sync_is_for_what_was_begun_before_it():
    ops = [Create("f"), Write("f", 0, b"a"), Write("f", 0, b"b"), Sync("f", 2)]
    assert {image["f"] for image in crashes(ops)} == {b"a", b"b"}


def test_a_new_file_may_be_missing_and_a_removed_one_may_be_back_until_the_folder_is_synced():
    ops = [Create("f"), Write("f", 0, b"a")]
    assert {"f" in image for image in crashes(ops)} == {True, False}
    assert {"f" in image for image in crashes([*ops, Sync(".", 2)])} == {True}
    gone = [*ops, Sync("f", 2), Unlink("f")]
    assert {"f" in image for image in crashes(gone)} == {True, False}
    assert {"f" in image for image in crashes([*gone, Sync(".", 4)])} == {False}


def test_a_length_that_was_set_may_be_the_old_one_until_a_sync():
    ops = [Create("f"), Write("f", 0, b"a" * 1000), Sync("f", 2), Truncate("f", 10)]
    assert {len(image["f"]) for image in crashes(ops)} == {10, 1000}
