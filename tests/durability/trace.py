"""What strace saw of a server, as operations: on the store's files, and answers 201 on sockets.

A write counts from when it was begun, an answer too (its client may have it); a sync counts once it has returned, and
for what was written before it was begun. What this can't model stops it.
"""

import re
from dataclasses import dataclass

CALLS = (
    "openat,open,creat,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,fsync,fdatasync,sync_file_range,"
    "ftruncate,truncate,fallocate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,copy_file_range,sendfile"
)
STRACE = ["strace", "-f", "--seccomp-bpf", "-yy", "-xx", "-s", "200000", "-e", f"trace={CALLS}"]
FILES = ("", "-wal", "-journal")
_SENDS = ("write", "writev", "sendto", "sendmsg")
_BY_PATH = ("open", "openat", "creat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat")
_HEX = re.compile(r"(?:\\x[0-9a-f]{2})+")
_PEER = re.compile(r"->.*:(\d+)\]>")


def _hexed(text):
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def _unhexed(text):
    return _HEX.sub(lambda m: bytes.fromhex(m.group().replace("\\x", "")).decode(errors="replace"), text)


_CREATED = '"' + _hexed("HTTP/1.1 201 ")


@dataclass(slots=True)
class Create:
    """A name that may be new."""

    name: str


@dataclass(slots=True)
class Unlink:
    """A name is taken away."""

    name: str


@dataclass(slots=True)
class Write:
    """Bytes at an offset; of those that a call was given, the ones that it took."""

    name: str
    offset: int
    data: bytes


@dataclass(slots=True)
class Truncate:
    """A file's length is set."""

    name: str
    size: int


@dataclass(slots=True)
class Sync:
    """Everything begun before the operation number `begun` is on the disk; the name "." is the folder."""

    name: str
    begun: int


@dataclass(slots=True)
class Answer:
    """201 goes to the client at this port."""

    port: int


class Reader:
    """Reads one trace after another of servers on the same store; `ops` grows."""

    def __init__(self, store):
        self.ops = []
        folder = str(store.parent)
        self._names = {f"{store}{end}": f"{store.name}{end}" for end in FILES} | {folder: "."}
        self._marks = (_hexed(str(store)), _hexed(folder) + ">")
        self._open = {}

    def read(self, trace):
        """Adds what one trace tells."""
        self._open = {}  # thread → what to do with the result of the call that it is in
        with trace.open() as lines:
            for line in lines:
                thread, _, rest = line.partition(" ")
                rest = rest.lstrip()
                if rest.startswith("<... "):
                    if (finish := self._open.pop(thread, None)) is not None:
                        finish(_result(rest))
                elif any(mark in rest for mark in self._marks) or _CREATED in rest:
                    self._call(thread, rest)

    def _call(self, thread, rest):
        name, _, rest = rest.partition("(")
        if rest.endswith(" <unfinished ...>\n"):
            given, result = rest.removesuffix(" <unfinished ...>\n"), None
        else:
            given, _, result = rest.rpartition(" = ")
            given, result = given.rstrip().removesuffix(")"), f"= {result}"
        finish = self._begin(name, given.split(", "))
        if finish is not None and result is None:
            self._open[thread] = finish
        elif finish is not None:
            finish(_result(result))

    def _begin(self, call, given):
        """Notes a call where it begins; what is to be done with its result, None where nothing is."""
        if call in _SENDS and any(_CREATED in word for word in given):
            peer = _PEER.search(_unhexed(given[0]))
            assert peer, f"the tracer didn't say where an answer goes: {_unhexed(given[0])}"
            self.ops.append(Answer(int(peer[1])))
            return None
        names = [self._names[path] for path in _paths(call, given) if path in self._names]
        return self._on_file(call, names[0], given) if names else None

    def _on_file(self, call, name, given):
        if call in ("open", "openat"):
            assert not any("O_TRUNC" in word for word in given), f"{name} is emptied by opening it"
            if not any("O_CREAT" in word for word in given):
                return None
            return lambda result: self.ops.append(Create(name)) if result >= 0 else None
        if call in ("unlink", "unlinkat"):
            return lambda result: self.ops.append(Unlink(name)) if result >= 0 else None
        if call in ("fsync", "fdatasync"):
            begun = len(self.ops)
            return lambda result: self.ops.append(Sync(name, begun)) if result >= 0 else None
        if call == "ftruncate":
            truncate = Truncate(name, int(given[1]))
            return lambda result: self.ops.append(truncate) if result >= 0 else None
        assert call == "pwrite64", f"{call} on {name} is nothing that the crash images know"
        write = Write(name, int(given[3]), bytes.fromhex(given[1].strip('"').replace("\\x", "")))
        assert len(write.data) == int(given[2]), "the tracer cut the data of a write"
        self.ops.append(write)

        def taken(result):
            write.data = write.data[: max(result, 0)]

        return taken


def _paths(call, given):
    """The files that a call is about: by name, or by the descriptor as the tracer decodes it."""
    if call in _BY_PATH:
        return [_unhexed(word.strip('"')) for word in given if word.startswith('"')]
    return [_unhexed(given[0]).partition("<")[2].removesuffix(">")]  # of an unlinked file it ends in "(deleted)"


def _result(text):
    number = re.search(r"= (-?\d+)", text)
    return int(number[1]) if number else -1
