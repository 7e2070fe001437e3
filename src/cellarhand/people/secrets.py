"""Passwords by argon2id, tokens as 192 random bits of which only a hash is kept."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from cellarhand.domain import Refused

SHORTEST = 10
_HASHER = PasswordHasher()  # RFC 9106's second choice: 64 MiB, 3 passes; fits a Raspberry Pi
_NOBODY = _HASHER.hash("a password that nobody has")


def hash_password(password: str) -> str:
    """The argon2id hash to keep. Raises Refused for one shorter than ten characters.

    >>> password_matches(hash_password("correct horse battery"), "correct horse battery")
    True
    """
    if len(password) < SHORTEST:
        raise Refused(
            f"a password has at least {SHORTEST} characters",
            f"{len(password)} characters",
            "four words are easy to keep",
        )
    return _HASHER.hash(password[:1000])


def password_matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one kept. Takes as long for a person who does not exist (`kept` None)."""
    try:
        return _HASHER.verify(kept or _NOBODY, password[:1000]) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def new_token() -> str:
    """A secret to show once: 192 random bits, URL-safe.

    >>> new_token() != new_token()
    True
    """
    return secrets.token_urlsafe(24)


def hash_token(token: str) -> str:
    """What is kept of a token. Plain SHA-256: a random token can't be guessed, so it need not be slow.

    >>> len(hash_token("x"))
    64
    """
    return hashlib.sha256(token.encode()).hexdigest()
