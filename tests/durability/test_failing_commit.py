"""A store that can't write says so: 503 and no acknowledgement; when it can again, it keeps again, by itself."""

import resource
from contextlib import closing

from .ledger import Ledger, repeated, rows_in
from .server import Line, until
from .trace import STRACE

UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
BEFORE, WHILE, AFTER = 40, 24, 40
FAILS_FROM, FAILS = 30, 20


def limit_files(server, size):
    """The server's files can't grow past `size` bytes from now on; None lets them again."""
    soft = resource.RLIM_INFINITY if size is None else size
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))


def refused(line, items):
    """Posts what can't be kept: the answer is 503, says why and when to come again."""
    status, headers, answer = line.post(items)
    assert status == 503, (status, answer)
    assert int(headers["retry-after"]) > 0
    assert set(answer) == {"rule", "value", "cause"}
    assert answer["rule"].startswith("the store can't keep it now")


def test_a_failing_commit_is_503_and_is_not_acknowledged(start, tmp_path):
    store, ledger = tmp_path / "cellar" / "cellar.db", Ledger()
    server = start(store).up()
    path = server.furnish(ledger.began)
    with closing(Line(server, path)) as line, closing(Line(server, path)) as other:
        ledger.post_all(line, BEFORE)
        failed = [next(ledger.numbers) for _ in range(WHILE)]
        full = store.with_name(store.name + "-wal").stat().st_size
        for n, number in enumerate(failed):
            limit_files(server, full + (0 if n % 2 else 2000))  # no byte, or half a page, of the next commit
            refused((line, other)[n % 2], [ledger.item(number)])
        assert server.ask("POST", "/api/tanks", {"name": "FV2"})[0] == 503
        rows = rows_in(store)
        assert not ledger.present(rows, failed)
        assert not ledger.lost(rows)
        status, _, told = server.ask("GET", "/api/tanks/FV1/readings")
        assert status == 200
        assert len(told) == rows.total() == 2 * BEFORE

        limit_files(server, None)
        ledger.post_all(line, AFTER)
        assert line.post([ledger.item(n) for n in failed])[0] == 201
        ledger.acknowledged += failed
    assert not ledger.lost(rows_in(store))
    assert not repeated(rows_in(store))
    assert server.ask("POST", "/api/tanks", {"name": "FV2"})[0] == 201
    assert server.said().count("cellarhand.store: the store can't keep") == 1
    assert server.said().count("cellarhand.store: the store keeps again") == 1


def test_a_text_that_came_with_a_refused_post_is_kept_when_it_comes_again(start, tmp_path):
    """Texts are kept where they change: what was answered 503 must not count as said."""
    store, ledger = tmp_path / "cellar" / "cellar.db", Ledger()
    server = start(store).up()
    path = server.furnish(ledger.began)
    with closing(Line(server, path)) as line:
        ledger.post_all(line, 1)
        item = ledger.item(next(ledger.numbers)) | {"firmware": "7.1.2"}
        limit_files(server, 0)
        refused(line, item)
        limit_files(server, None)
        assert line.post(item)[0] == 201
    assert "x_firmware" in {channel for channel, _, _ in rows_in(store)}


def test_a_failing_sync_is_503_and_is_not_acknowledged(start, tracer, tmp_path):
    """The disk takes the bytes and then can't promise them: nobody is told that they are kept."""
    store, ledger = tmp_path / "cellar" / "cellar.db", Ledger()
    failing = ["-e", f"inject=fdatasync,fsync:error=EIO:when={FAILS_FROM}..{FAILS_FROM + FAILS - 1}"]
    server = start(store, before=[*STRACE, *failing, "-o", str(tmp_path / "trace.txt")]).up()
    path = server.furnish(ledger.began)
    failed = []
    with closing(Line(server, path)) as line:
        for _ in range(BEFORE + WHILE + AFTER):
            number = next(ledger.numbers)
            status, _, _ = line.post([ledger.item(number)])
            (ledger.acknowledged if status == 201 else failed).append(number)
            if status != 201:
                assert not ledger.present(rows_in(store), [number])
    assert failed
    assert not ledger.lost(rows_in(store))
    server.kill()
    until(lambda: not server.pids(), "the end of the server's processes")
    start(store).up()
    assert not ledger.lost(rows_in(store))
    assert not repeated(rows_in(store))
