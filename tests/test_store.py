"""The store: one writer, group commit, nothing lost and nothing doubled."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, inspect, text

from cellarhand.domain import Brew, Conflict, Cycle, NotFound, PlaceRole, Reading, Refused
from cellarhand.store import Store, cellar, kept, lookup, readings, sensors
from cellarhand.store.engine import REVISION, bring_up_to_date
from cellarhand.store.readings import Post
from cellarhand.store.schema import metadata
from cellarhand.store.times import micros, moment

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self, at=T0):
        self.at = at

    def now(self):
        return self.at


@pytest.fixture
def store(tmp_path):
    told = []
    opened = Store(tmp_path / "cellar.db", Clock(), on_commit=told.extend)
    opened.told = told
    yield opened
    opened.close()


def do(store, job):
    return store.writer.run(job)


def tank_with_device(store, name="FV1"):
    tank = do(store, lambda txn: cellar.add_tank(txn, name))
    device = do(
        store, lambda txn: sensors.add_device(txn, kind="json", name=f"float {name}", token_hash=f"hash {name}")
    )
    do(store, lambda txn: sensors.place_device(txn, device, tank, moment(0)))
    return tank, device


def reading(hours, sg=1.050):
    return Reading(channel="sg", observed_at=T0 + timedelta(hours=hours), value=sg)


def seen(store, batch_id):
    with store.read() as conn:
        batch = lookup.batch_by_id(conn, batch_id)
        spans = readings.spans_of(conn, batch, handling_us=30 * 60 * 1_000_000)
        return [row["value"] for row in readings.all_of(conn, spans, "sg", 0)]


def test_the_migrations_make_exactly_the_schema(tmp_path):
    migrated = create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    bring_up_to_date(migrated)
    made = create_engine(f"sqlite:///{tmp_path / 'b.db'}")
    metadata.create_all(made)

    def shape(engine):
        found = inspect(engine)
        return {
            table: (
                sorted((c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)),
                sorted(tuple(i["column_names"]) for i in found.get_indexes(table)),
                sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(table)),
            )
            for table in found.get_table_names()
            if table != "alembic_version"
        }

    assert shape(migrated) == shape(made)


def test_the_known_revision_is_the_newest_migration():
    from pathlib import Path

    from alembic.config import Config
    from alembic.script import ScriptDirectory

    import cellarhand.store

    config = Config()
    config.set_main_option("script_location", str(Path(cellarhand.store.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_a_store_from_a_newer_program_is_refused(tmp_path):
    Store(tmp_path / "c.db", Clock()).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'c.db'}")
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="newer"):
        Store(tmp_path / "c.db", Clock())


def test_it_is_durable_and_in_wal(store):
    import sqlite3

    with sqlite3.connect(store.path) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    synchronous = do(store, lambda txn: txn.conn.exec_driver_sql("PRAGMA synchronous").scalar())
    assert synchronous == 2


def test_any_name_of_a_file_is_a_name(tmp_path):
    path = tmp_path / "a %20 ä?#&" / "c?.db"
    path.parent.mkdir()
    store = Store(path, Clock())
    try:
        made = store.writer.run(lambda txn: cellar.add_tank(txn, "FV1"))
        with store.read() as conn:
            assert [t.id for t in lookup.list_tanks(conn)] == [made]
    finally:
        store.close()


def test_only_its_owner_can_read_it(store):
    assert store.path.stat().st_mode & 0o077 == 0 and store.hold.file.stat().st_mode & 0o077 == 0


def test_a_second_opening_is_refused(store):
    with pytest.raises(Conflict, match="another Cellarhand"):
        Store(store.path, Clock())


def test_readers_can_not_write(store):
    with store.read() as conn, pytest.raises(Exception, match="readonly|read-only|attempt to write"):
        conn.execute(text("DELETE FROM tanks"))


def test_the_same_reading_twice_changes_nothing(store):
    _, device = tank_with_device(store)
    post = Post(device, T0, (reading(0), reading(1)))
    assert do(store, lambda txn: readings.append_posts(txn, [post])) == 2
    assert do(store, lambda txn: readings.append_posts(txn, [post, post])) == 0


def test_a_reading_is_never_replaced(store):
    tank, device = tank_with_device(store)
    batch = do(store, lambda txn: cellar.start_batch(txn, tank, started_at=T0, words={"name": "Pale"}))
    for sg in (1.050, 1.099):
        do(store, lambda txn, sg=sg: readings.append_posts(txn, [Post(device, T0, (reading(1, sg),))]))
    assert seen(store, batch) == [1.050]


def test_late_and_out_of_order_readings_land_where_they_belong(store):
    tank, device = tank_with_device(store)
    first = do(store, lambda txn: cellar.start_batch(txn, tank, started_at=T0, words={"name": "A"}))
    second = do(
        store, lambda txn: cellar.start_batch(txn, tank, started_at=T0 + timedelta(hours=100), words={"name": "B"})
    )
    for hours, sg in ((120, 1.06), (3, 1.05), (99, 1.01), (100, 1.061)):
        do(store, lambda txn, h=hours, s=sg: readings.append_posts(txn, [Post(device, T0, (reading(h, s),))]))
    assert seen(store, first) == [1.05, 1.01] and seen(store, second) == [1.061, 1.06]


def test_a_job_that_fails_takes_no_other_with_it(store):
    gate = threading.Event()
    slow = store.writer.submit(lambda txn: gate.wait(5))
    jobs = [store.writer.submit(lambda txn, n=n: cellar.add_tank(txn, n)) for n in ("FV1", "fv1", "FV2")]
    gate.set()
    slow.result()
    assert jobs[0].result() and jobs[2].result()
    with pytest.raises(Conflict):
        jobs[1].result()
    with store.read() as conn:
        assert [t.name for t in lookup.list_tanks(conn)] == ["FV1", "FV2"]


def test_a_job_that_says_no_leaves_nothing_behind(store):
    def half(txn):
        cellar.add_tank(txn, "FV9")
        raise Refused("a rule", "a value", "a cause")

    with pytest.raises(Refused):
        do(store, half)
    with store.read() as conn:
        assert lookup.list_tanks(conn) == [] and kept.newest_change(conn) == 0
    assert store.told == []


def test_changes_are_told_after_the_commit_and_in_its_order(store):
    tank_with_device(store)
    do(store, lambda txn: cellar.add_tank(txn, "FV2"))
    numbers = [change.seq for change in store.told]
    assert numbers == sorted(set(numbers))
    with store.read() as conn:
        assert [c.seq for c in kept.changes_since(conn, 0)] == numbers


def test_a_reader_too_far_behind_is_told_to_look_anew(store):
    tank_with_device(store)
    do(store, lambda txn: txn.conn.execute(text("DELETE FROM changes WHERE seq = 1")))
    with store.read() as conn:
        assert kept.changes_since(conn, 0) is None


def test_what_a_float_says_around_a_move_belongs_to_no_batch(store):
    tank, device = tank_with_device(store)
    other = do(store, lambda txn: cellar.add_tank(txn, "FV2"))
    a = do(store, lambda txn: cellar.start_batch(txn, tank, started_at=T0, words={"name": "A"}))
    b = do(store, lambda txn: cellar.start_batch(txn, other, started_at=T0, words={"name": "B"}))
    do(store, lambda txn: sensors.place_device(txn, device, other, T0 + timedelta(hours=10)))
    given = tuple(reading(h, 1.0 + h / 1000) for h in (5, 9.4, 9.8, 10.2, 10.6, 15))
    do(store, lambda txn: readings.append_posts(txn, [Post(device, T0, given)]))
    assert seen(store, a) == pytest.approx([1.005, 1.0094]) and seen(store, b) == pytest.approx([1.0106, 1.015])


def test_putting_a_float_back_undoes_the_move(store):
    tank, device = tank_with_device(store)
    a = do(store, lambda txn: cellar.start_batch(txn, tank, started_at=T0, words={"name": "A"}))
    at = T0 + timedelta(hours=10)
    do(store, lambda txn: sensors.place_device(txn, device, None, at))
    do(store, lambda txn: sensors.place_device(txn, device, tank, at))
    do(store, lambda txn: readings.append_posts(txn, [Post(device, T0, (reading(9.9), reading(10.1)))]))
    assert len(seen(store, a)) == 2


def test_a_struck_sample_is_kept_and_not_used(store):
    tank, _ = tank_with_device(store)
    source = do(store, lambda txn: txn.ids.hand(txn.conn, tank, None, "hand"))
    do(store, lambda txn: readings.append_readings(txn, source, [reading(1)], T0))
    do(store, lambda txn: kept.strike(txn, source, tank, reading(1).observed_at, "taken back", None))
    with store.read() as conn:
        assert readings.struck_of(conn, [source]) == {(source, "", micros(reading(1).observed_at))}
        assert conn.execute(text("SELECT count(*) FROM readings")).scalar() == 1


def test_original_gravity_is_the_volume_weighted_mean_of_the_brews(store):
    from cellarhand.app.question import ask_of

    tank, _ = tank_with_device(store)
    batch = do(store, lambda txn: cellar.start_batch(txn, tank, started_at=T0, pitched_at=T0, words={"name": "A"}))
    for hours, volume, og in ((0, 100.0, 1.050), (3, 100.0, 1.054), (6, 200.0, 1.056)):
        brew = Brew(volume_l=volume, og=og, started_at=T0 + timedelta(hours=hours))
        do(store, lambda txn, b=brew: cellar.add_brew(txn, batch, b))
    with store.read() as conn:
        question = ask_of(conn, lookup.batch_by_id(conn, batch), T0 + timedelta(hours=20))
    assert question.context.og == pytest.approx(1.054) and question.zero == T0


def test_emptying_a_tank_ends_its_batch_and_undoing_it_goes_on(store):
    tank, _ = tank_with_device(store)
    batch = do(store, lambda txn: cellar.start_batch(txn, tank, started_at=T0, words={"name": "A"}))
    step = do(store, lambda txn: cellar.set_cycle(txn, tank, Cycle.EMPTY, T0 + timedelta(hours=99), None))
    with store.read() as conn:
        assert lookup.batch_by_id(conn, batch).ended_at == T0 + timedelta(hours=99)
    do(store, lambda txn: cellar.undo_cycle(txn, step))
    with store.read() as conn:
        assert lookup.batch_by_id(conn, batch).ended_at is None


def test_a_batch_can_not_begin_before_one_that_is_known_to_follow(store):
    tank, _ = tank_with_device(store)
    do(store, lambda txn: cellar.start_batch(txn, tank, started_at=T0, words={"name": "A"}))
    with pytest.raises(Conflict, match="began in this tank after"):
        do(store, lambda txn: cellar.start_batch(txn, tank, started_at=T0 - timedelta(hours=5), words={"name": "B"}))


def test_forecasts_are_kept_once_an_hour_or_when_the_end_moves():
    import cellarhand

    def at(hours):
        return cellarhand.forecast([0, 24, 48], [1.05, 1.03, 1.02], now=hours, started_at=T0)

    first = at(48.0)
    before = (first.as_of_at, float(first.hours_left.quantile(0.5)))
    assert kept.worth_keeping(first, None)
    assert not kept.worth_keeping(at(48.2), before)
    assert kept.worth_keeping(at(49.5), before)
    moved = (first.as_of_at, before[1] + 5.0)
    assert kept.worth_keeping(at(48.2), moved)


def test_unknown_things_are_not_found(store):
    with store.read() as conn:
        for look in (lambda: lookup.batch_by_id(conn, 7), lambda: sensors.device_by_id(conn, 7)):
            with pytest.raises(NotFound):
                look()
    with pytest.raises(NotFound):
        do(store, lambda txn: cellar.undo_event(txn, 7))


def test_roles_of_places_are_kept(store):
    tank, device = tank_with_device(store)
    do(
        store,
        lambda txn: sensors.place_device(txn, device, tank, T0, role=PlaceRole.GUARD, height="top"),
    )
    with store.read() as conn:
        place = sensors.places_at(conn, T0)[device]
    assert (place.role, place.height) == (PlaceRole.GUARD, "top")
