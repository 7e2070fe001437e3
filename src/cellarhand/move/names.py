"""Names that come from outside, made fit for a file system and a page."""

from pathlib import Path

from cellarhand.domain import Refused

LONGEST = 40
_MOST_BYTES = 200


def file_name(given: str) -> str:
    """A name that any file system takes, whatever a client calls its file.

    >>> file_name("../log.csv"), file_name(".."), file_name("a\\0b")
    ('log.csv', 'log.csv', 'ab')
    """
    name = Path("".join(c for c in given if c.isprintable())).name
    name = name.encode(errors="ignore")[-_MOST_BYTES:].decode(errors="ignore")
    return "log.csv" if name in ("", "..") else name


def tank_name(given: str) -> str:
    """The name as a page and an address can hold it; Refused where it is blank, too long or not printable.

    >>> tank_name(" FV3 ")
    'FV3'
    """
    name = given.strip()
    if not name or len(name) > LONGEST or not name.isprintable() or "/" in name:
        rule = f"a tank's name has 1 to {LONGEST} printable characters and no /"
        raise Refused(rule, ascii(name)[1:-1][:LONGEST], "say which tank with --tank FV3")
    return name
