"""Persons, roles, sessions, tokens: what is secret and how it is checked. It keeps nothing itself."""

from cellarhand.people.secrets import hash_password, hash_token, new_token, password_matches
from cellarhand.people.tries import Tries

__all__ = ["Tries", "hash_password", "hash_token", "new_token", "password_matches"]
