"""What a server won't start on: a store that another has open, and a file that is no store."""

import subprocess
from contextlib import closing

from .ledger import Ledger, rows_in
from .server import PATIENCE_S, Line, command


def refusal(store):
    """The one sentence of a server that must not start."""
    ended = subprocess.run(command(store), capture_output=True, text=True, timeout=PATIENCE_S)
    assert ended.returncode == 2, ended.stderr
    assert ended.stdout == ""
    (said,) = ended.stderr.strip().splitlines()
    return said


def test_a_second_server_refuses_and_the_first_is_unharmed(start, tmp_path):
    store, ledger = tmp_path / "cellar" / "cellar.db", Ledger()
    first = start(store).up()
    path = first.furnish(ledger.began)
    live = store.with_name("cellar.db.live").read_bytes()
    with closing(Line(first, path)) as line:
        ledger.post_all(line, 5)
        said = refusal(store)
        assert said.startswith("cellarhand: another Cellarhand has ")
        assert str(store) in said
        assert store.with_name("cellar.db.live").read_bytes() == live
        ledger.post_all(line, 5)
    assert first.process.poll() is None
    assert not ledger.lost(rows_in(store))
    first.kill()
    start(store).up()
    assert not ledger.lost(rows_in(store))


def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(tmp_path):
    file = tmp_path / "cellar.db"
    file.write_bytes(b"tank,gravity\n" * 1000)
    assert refusal(file).startswith("cellarhand: the store can't be read: ")
    assert file.read_bytes() == b"tank,gravity\n" * 1000
