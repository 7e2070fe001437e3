"""One store, one server: a second refuses in a sentence and leaves the first alone."""

import subprocess
from contextlib import closing

from .ledger import Ledger, rows_in
from .server import PATIENCE_S, Line, command


def test_a_second_server_refuses_and_the_first_is_unharmed(start, tmp_path):
    store, ledger = tmp_path / "cellar" / "cellar.db", Ledger()
    first = start(store).up()
    path = first.furnish(ledger.began)
    live = store.with_name("cellar.db.live").read_bytes()
    with closing(Line(first, path)) as line:
        ledger.post_all(line, 5)
        second = subprocess.run(command(store), capture_output=True, text=True, timeout=PATIENCE_S)
        assert second.returncode == 2
        assert second.stdout == ""
        said = second.stderr.strip().splitlines()
        assert len(said) == 1, second.stderr
        assert said[0].startswith("cellarhand: another Cellarhand has ")
        assert str(store) in said[0]
        assert store.with_name("cellar.db.live").read_bytes() == live
        ledger.post_all(line, 5)
    assert first.process.poll() is None
    assert not ledger.lost(rows_in(store))
    first.kill()
    start(store).up()
    assert not ledger.lost(rows_in(store))
