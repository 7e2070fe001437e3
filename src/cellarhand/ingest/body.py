"""Bytes into plain objects: JSON or a form, with a sentence for whoever sent something else."""

import json
import re
from urllib.parse import parse_qsl

import msgspec

from cellarhand.domain import Refused
from cellarhand.ingest.draft import LONGEST_NAME, clean

MOST_ITEMS = 5000
MOST_FIELDS = 200
_DECODER = msgspec.json.Decoder()
_NOT_A_NUMBER = re.compile(rb"[:\[,]\s*-?(?:nan|inf)", re.IGNORECASE)
_BOM = b"\xef\xbb\xbf"
_NAMES = re.compile(rb'"\s*:')


def looks_like_form(body: bytes, content_type: str) -> bool:
    """True where a body is rather a form than JSON. Its first character says more than its header: devices send both
    under any header.

    >>> looks_like_form(b"Temp=68&SG=1.05", ""), looks_like_form(b'{"sg": 1.05}', "application/x-www-form-urlencoded")
    (True, False)
    """
    return body.removeprefix(_BOM).lstrip()[:1] not in (b"{", b"[") and "json" not in content_type and b"=" in body


def json_of(body: bytes) -> object:
    """What the JSON says; raises `Refused` with the place where it is broken, and for a name with two values.

    >>> json_of(b'{"sg": 1.05}')
    {'sg': 1.05}
    """
    body = body.removeprefix(_BOM)
    try:
        data = _DECODER.decode(body)
        if len(_NAMES.findall(body)) != _fields(data):  # a name came twice, or a text looks like one
            json.loads(body.decode(), object_pairs_hook=_each_once, parse_int=str, parse_float=str, strict=False)
        return data
    except RecursionError:
        raise Refused("the body must be flat JSON", "", "it is nested too deep") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if not body.strip():
            raise Refused("the body must hold a reading", "", "it is empty") from None
        raise Refused("the body must be JSON", "", _what_is_broken(body, error)) from None


def _fields(data: object) -> int:
    """How many names there are, at any depth."""
    count, waiting = 0, [data]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            count += len(part)
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return count


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for name, value in pairs:
        if fields.setdefault(name, value) != value:
            raise Refused("each field once", clean(name, LONGEST_NAME), "which is meant?")
    return fields


def _what_is_broken(body: bytes, error: Exception) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as bad:
        return f"it is not UTF-8 at byte {bad.start}"
    words = str(error)
    if "truncated" in words:
        return f"it breaks off at byte {len(body)}"
    if _NOT_A_NUMBER.search(body):
        return "NaN and Infinity are not JSON: send null"
    return words.split(" - at ")[0].removeprefix("JSON is malformed: ")


def items(body: bytes) -> list[object]:
    """The items of a JSON object (one) or list (each).

    >>> items(b'[{"sg": 1.05}, {"sg": 1.04}]')
    [{'sg': 1.05}, {'sg': 1.04}]
    """
    return listed(json_of(body))


def listed(data: object) -> list[object]:
    """An object as a list of one, a list of 1 to 5000 as itself; anything else is refused.

    >>> listed({"sg": 1.05})
    [{'sg': 1.05}]
    """
    if isinstance(data, dict):
        return [data]
    if not isinstance(data, list):
        raise Refused("the body must be an object or a list of objects", type(data).__name__, "is a { missing?")
    if not data:
        raise Refused("the body must hold a reading", "", "the list is empty")
    if len(data) > MOST_ITEMS:
        raise Refused(f"at most {MOST_ITEMS} items in one post", len(data), "send it in parts")
    return data


def form_of(body: bytes) -> dict[str, object]:
    """The fields of a form; a name that is given twice keeps its first value.

    >>> form_of(b"Temp=68&SG=1.05&Comment=")
    {'Temp': '68', 'SG': '1.05', 'Comment': ''}
    """
    try:
        pairs = parse_qsl(body.strip().decode("utf-8-sig"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as bad:
        raise Refused("the body must be a form", "", f"it is not UTF-8 at byte {bad.start}") from None
    except ValueError:
        raise Refused(f"at most {MOST_FIELDS} fields in a form", "", "is it a whole log?") from None
    fields: dict[str, object] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields
