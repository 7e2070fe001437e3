"""Who people are: sign-in, one-time links, sessions, tokens of scripts, and the key of this machine's command line."""

import hmac
from datetime import timedelta
from typing import Any

from cellarhand.domain import Clock, NotAllowed, NotFound, Person, Refused, Role
from cellarhand.people import Tries, hash_password, hash_token, new_token, password_matches
from cellarhand.store import Store, Txn, persons
from cellarhand.web.ports import Caller, Done

SESSION = timedelta(days=30)
LINK = timedelta(days=3)
DEMO_PERSON = Person(id=0, name="demo", role=Role.BREWER)
LOCAL_PERSON = Person(id=0, name="this machine", role=Role.ADMIN)
PREFERENCES = {
    "zone": None,
    "gravity_unit": ("sg", "plato"),
    "temperature_unit": ("C", "F"),
    "volume_unit": ("hL", "bbl", "L", "gal"),
    "pressure_unit": ("bar", "psi"),
}


class Accounts:
    """Fulfils the pages' port. Sessions live by the wall's clock, also in a demo that runs fast."""

    def __init__(self, store: Store, clock: Clock, *, demo: bool) -> None:
        self._store, self._clock, self.demo = store, clock, demo
        self._tries = Tries()

    def caller(self, session: str | None, bearer: str | None) -> Caller:
        """Who asks: the command line on this machine, a script's token, a session's cookie, or the open demo."""
        if bearer is not None:
            if hmac.compare_digest(bearer, self._store.hold.key):
                return Caller(person=LOCAL_PERSON, by="command line")
            return Caller(person=self._person(bearer, ("token",)), by="token")
        person = self._person(session, ("session",)) if session else None
        if person is None and self.demo:
            return Caller(person=DEMO_PERSON, by="demo")
        return Caller(person=person, by="session")

    def _person(self, secret: str, kinds: tuple[str, ...]) -> Person | None:
        now = self._clock.now()
        with self._store.read() as conn:
            found = persons.person_of_secret(conn, hash_token(secret), kinds, now)
        if found is None:
            return None
        person, row = found
        if persons.due_for_seen(row, now):
            self._store.writer.submit(lambda txn: persons.seen(txn, row.id))
        return person

    def anyone(self) -> bool:
        """Whether somebody can sign in."""
        with self._store.read() as conn:
            return persons.any_admin(conn)

    def first_link(self) -> str | None:
        """The path of a one-time link that makes the first admin; None once there is one."""
        if self.anyone():
            return None
        token = new_token()

        def job(txn: Txn) -> None:
            found = persons.sign_in_row(txn.conn, "admin")
            admin = found[0].id if found else persons.add_person(txn, "admin", Role.ADMIN)
            persons.end_secrets(txn, admin, "link")
            persons.add_secret(txn, hash_token(token), "link", admin, expires_at=self._clock.now() + LINK)

        self._store.writer.run(job)
        return f"/welcome/{token}"

    def sign_in(self, name: str, password: str, address: str, agent: str) -> str:
        """A new session's secret. Raises NotAllowed; eight wrong tries make one wait."""
        key, now = f"{name.lower()}@{address}", self._clock.now()
        wait = self._tries.wait(key, now)
        if wait is not None:
            raise NotAllowed(f"too many wrong tries: wait {int(wait.total_seconds() // 60) + 1} minutes")
        with self._store.read() as conn:
            found = persons.sign_in_row(conn, name.strip())
        if not password_matches(found[1] if found else None, password) or found is None:
            self._tries.failed(key, now)
            raise NotAllowed("the name or the password is wrong")
        self._tries.succeeded(key)
        return self._new_session(found[0].id, agent)

    def _new_session(self, person_id: int, agent: str) -> str:
        secret = new_token()
        self._store.writer.run(
            lambda txn: persons.add_secret(
                txn, hash_token(secret), "session", person_id, expires_at=self._clock.now() + SESSION, label=agent
            )
        )
        return secret

    def sign_out(self, session: str) -> None:
        """Ends the session."""
        now = self._clock.now()
        with self._store.read() as conn:
            found = persons.person_of_secret(conn, hash_token(session), ("session",), now)
        if found is not None:
            person, row = found
            self._store.writer.run(lambda txn: persons.end_secrets(txn, person.id, secret_id=row.id))

    def open_link(self, token: str) -> Person | None:
        """Whom a one-time link is for; None where it no longer counts. It is not spent by looking."""
        with self._store.read() as conn:
            found = persons.person_of_secret(conn, hash_token(token), ("link",), self._clock.now())
        return None if found is None else found[0]

    def accept_link(self, token: str, name: str, password: str, agent: str) -> str:
        """Spends the link: the person has a password, and the name they want. A new session's secret."""
        clean, hashed = name.strip(), hash_password(password)
        if not 0 < len(clean) <= 60:
            raise Refused("a name has 1 to 60 characters", name, "the one your crew calls you by")

        def job(txn: Txn) -> int:
            person_id = persons.use_link(txn, hash_token(token), self._clock.now())
            persons.rename(txn, person_id, clean)
            persons.set_password(txn, person_id, hashed)
            persons.note(txn, person_id, "accept link", {"name": clean})
            txn.change("person")
            return person_id

        return self._new_session(self._store.writer.run(job), agent)

    def invite(self, who: Person, name: str, role: Role) -> Done:
        """A new person, and a one-time link to give them; for one who is known, a new link."""
        token = new_token()

        def job(txn: Txn) -> int:
            found = persons.sign_in_row(txn.conn, name)
            person_id = found[0].id if found else persons.add_person(txn, name.strip(), role)
            persons.end_secrets(txn, person_id, "link")
            persons.add_secret(txn, hash_token(token), "link", person_id, expires_at=self._clock.now() + LINK)
            persons.note(txn, who.id or None, "invite", {"name": name, "role": role})
            return person_id

        made = self._store.writer.run(job)
        return Done(
            said=f"Give {name} this link; it works once, for three days.",
            more={"id": made, "path": f"/welcome/{token}"},
        )

    def set_role(self, who: Person, person_id: int, role: Role | None) -> Done:
        """Another role; None disables the person. The last admin stays."""

        def job(txn: Txn) -> None:
            if role is not Role.ADMIN:
                persons.refuse_losing_last_admin(txn.conn, person_id)
            persons.set_role(txn, person_id, role)
            persons.note(txn, who.id or None, "role", {"person": person_id, "role": role})

        self._store.writer.run(job)
        return Done(said="No longer with us." if role is None else f"Now {role}.")

    def prefer(self, who: Person, preferences: dict[str, str]) -> Done:
        """Zone and units of the pages."""
        for name, value in preferences.items():
            choices = PREFERENCES.get(name, ())
            if choices is not None and value not in choices:
                raise Refused(f"{name} is one of {', '.join(choices)}", value, "is it misspelt?")
        if who.id:
            self._store.writer.run(lambda txn: persons.set_preferences(txn, who.id, preferences))
        return Done(said="Kept.")

    def persons(self) -> list[Person]:
        """Everybody."""
        with self._store.read() as conn:
            return persons.list_persons(conn)

    def sessions(self, person_id: int) -> list[dict[str, Any]]:
        """Where a person is signed in."""
        with self._store.read() as conn:
            return persons.sessions_of(conn, person_id)

    def end_session(self, who: Person, secret_id: int) -> Done:
        """Ends one of one's own sessions or tokens."""
        self._store.writer.run(lambda txn: persons.end_secrets(txn, who.id, secret_id=secret_id))
        return Done(said="Signed out there.")

    def new_token(self, who: Person, label: str) -> Done:
        """A token for a script that may do what its person may. Shown once."""
        if not who.id:
            raise NotFound("a token belongs to a person: sign in first")
        token = new_token()
        self._store.writer.run(
            lambda txn: persons.add_secret(txn, hash_token(token), "token", who.id, expires_at=None, label=label)
        )
        return Done(said="Send it as “Authorization: Bearer …”; it is not shown again.", more={"token": token})
