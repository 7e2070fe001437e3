"""What is kept, as tables. Times are integers, microseconds since 1970 in UTC; gravities SG; booleans 0/1.

Nothing here is ever updated that was observed: readings only grow, a person's later word is a row of its own
(`undone_at`, corrections). `changes` is the sequence that live pages follow.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _at(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def _to(table: str, name: str | None = None, *, null: bool = False) -> Column[int]:
    return Column(name or f"{table.removesuffix('s')}_id", ForeignKey(f"{table}.id"), nullable=null)


settings = Table(
    "settings", metadata, Column("name", String(64), primary_key=True), Column("value", Text, nullable=False)
)

tanks = Table(
    "tanks",
    metadata,
    _id(),
    Column("name", String(40), nullable=False, unique=True),
    Column("area", String(40), nullable=False, server_default=""),
    Column("volume_l", Float),
    _at("made_at"),
)

tank_cycle = Table(
    "tank_cycle",
    metadata,
    _id(),
    _to("tanks", "tank_id"),
    Column("state", String(20), nullable=False),
    _at("at"),
    Column("person_id", ForeignKey("persons.id")),
    _at("undone_at", null=True),
    Index("ix_tank_cycle_tank_id_at", "tank_id", "at"),
)

persons = Table(
    "persons",
    metadata,
    _id(),
    Column("name", String(60), nullable=False, unique=True),
    Column("role", String(10), nullable=False),
    Column("password_hash", String(200)),
    Column("preferences", Text, nullable=False, server_default="{}"),
    _at("made_at"),
    _at("disabled_at", null=True),
)

secrets = Table(  # sessions, one-time links, tokens of scripts: only hashes are kept
    "secrets",
    metadata,
    _id(),
    Column("hash", String(64), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    _to("persons", null=True),
    Column("label", String(120), nullable=False, server_default=""),
    _at("made_at"),
    _at("expires_at", null=True),
    _at("seen_at", null=True),
    _at("ended_at", null=True),
)

devices = Table(
    "devices",
    metadata,
    _id(),
    Column("kind", String(20), nullable=False),
    Column("name", String(60), nullable=False),
    Column("token_hash", String(64), unique=True),
    Column("parent_id", ForeignKey("devices.id")),
    Column("key", String(60), nullable=False, server_default=""),
    Column("gravity_unit", String(6), nullable=False, server_default="sg"),
    _at("made_at"),
    _at("revoked_at", null=True),
    UniqueConstraint("parent_id", "key"),
)

places = Table(
    "places",
    metadata,
    _id(),
    _to("devices"),
    _to("tanks"),
    _at("from_at"),
    _at("to_at", null=True),
    Column("role", String(10), nullable=False, server_default="control"),
    Column("height", String(20), nullable=False, server_default=""),
    Index("ix_places_device_id_from_at", "device_id", "from_at"),
    Index("ix_places_tank_id_from_at", "tank_id", "from_at"),
)

refusals = Table(
    "refusals",
    metadata,
    _id(),
    _to("devices"),
    Column("rule", String(200), nullable=False),
    Column("value", String(80), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("count", Integer, nullable=False),
    _at("first_at"),
    _at("last_at"),
    UniqueConstraint("device_id", "rule"),
)

sources = Table(  # who observed: a device, a person's hand at a tank, or a file of a tank
    "sources",
    metadata,
    _id(),
    Column("kind", String(10), nullable=False),
    Column("device_id", ForeignKey("devices.id"), unique=True),
    Column("tank_id", ForeignKey("tanks.id")),
    Column("person_id", ForeignKey("persons.id")),
    Column("label", String(120), nullable=False, server_default=""),
    Index("ix_sources_tank_id", "tank_id"),
)

channels = Table("channels", metadata, _id(), Column("name", String(48), nullable=False, unique=True))

readings = Table(  # one B-tree in the order that a curve reads it
    "readings",
    metadata,
    Column("source_id", Integer, ForeignKey("sources.id"), primary_key=True),
    Column("channel_id", SmallInteger, ForeignKey("channels.id"), primary_key=True),
    Column("observed_at", BigInteger, primary_key=True),
    Column("value", Float),
    Column("text", String(200)),
    Column("precision_s", Float),
    Column("received_at", BigInteger, nullable=False),
    Column("quality", SmallInteger),
    CheckConstraint("(value IS NULL) <> (text IS NULL)", name="one_of_value_and_text"),
    sqlite_with_rowid=False,
)

lots = Table(
    "lots",
    metadata,
    _id(),
    Column("name", String(80), nullable=False),
    Column("brand", String(80)),
    Column("style", String(80)),
    Column("kind", String(20), nullable=False),
    Column("culture", String(80)),
    _at("made_at"),
)

batches = Table(
    "batches",
    metadata,
    _id(),
    _to("lots"),
    _to("tanks"),
    _at("started_at"),
    _at("pitched_at", null=True),
    _at("full_at", null=True),
    _at("ended_at", null=True),
    Column("og", Float),
    Column("expected_fg", Float),
    Column("person_id", ForeignKey("persons.id")),
    _at("undone_at", null=True),
    Index("ix_batches_tank_id_started_at", "tank_id", "started_at"),
)

brews = Table(
    "brews",
    metadata,
    _id(),
    _to("batches", "batch_id"),
    Column("name", String(80), nullable=False, server_default=""),
    Column("volume_l", Float, nullable=False),
    Column("og", Float),
    _at("started_at"),
    _at("ended_at", null=True),
    _at("undone_at", null=True),
)

events = Table(
    "events",
    metadata,
    _id(),
    _to("tanks"),
    Column("batch_id", ForeignKey("batches.id")),
    Column("kind", String(20), nullable=False),
    _at("at"),
    Column("precision_s", Float, nullable=False, server_default="0"),
    Column("data", Text, nullable=False, server_default="{}"),
    Column("person_id", ForeignKey("persons.id")),
    Column("client_id", String(40), unique=True),
    _at("made_at"),
    _at("undone_at", null=True),
    Index("ix_events_tank_id_at", "tank_id", "at"),
)

phases = Table(
    "phases",
    metadata,
    _id(),
    _to("batches", "batch_id"),
    Column("name", String(20), nullable=False),
    _at("from_at"),
    _at("to_at", null=True),
    Column("said_by", String(20), nullable=False),
    _at("undone_at", null=True),
)

corrections = Table(
    "corrections",
    metadata,
    _id(),
    _to("sources"),
    Column("channel", String(48), nullable=False),
    Column("kind", String(10), nullable=False),
    _at("from_at"),
    _at("to_at", null=True),
    Column("amount", Float),
    Column("why", String(200), nullable=False),
    Column("state", String(10), nullable=False),
    Column("person_id", ForeignKey("persons.id")),
    _at("made_at"),
    _at("undone_at", null=True),
)

forecasts = Table(
    "forecasts",
    metadata,
    _id(),
    _to("batches", "batch_id"),
    _at("as_of"),
    _at("made_at"),
    Column("rung", String(20), nullable=False),
    Column("packed", LargeBinary, nullable=False),
    Index("ix_forecasts_batch_id_as_of", "batch_id", "as_of"),
)

findings = Table(  # what background jobs have worked out, and the key of what it was worked out from
    "findings",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("key", String(64), nullable=False),
    _at("made_at"),
    Column("data", Text, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    _at("at"),
    Column("kind", String(20), nullable=False),
    Column("tank_id", Integer),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    _id(),
    _at("at"),
    Column("person_id", ForeignKey("persons.id")),
    Column("what", String(40), nullable=False),
    Column("data", Text, nullable=False, server_default="{}"),
)
