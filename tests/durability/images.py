"""What a disk may hold after the power fails: everything synced, and of the rest any part, sector by sector."""

from collections import defaultdict
from dataclasses import dataclass, field

from .trace import Answer, Create, Sync, Truncate, Unlink, Write

SECTOR = 512
MODES = ("sectors", "sectors", "sectors", "sectors", "none", "all")


@dataclass(eq=False)
class Content:
    """One file's bytes: on the disk for certain, and (number, operation) of what isn't yet."""

    certain: bytearray = field(default_factory=bytearray)
    later: list = field(default_factory=list)

    def sync(self, begun):
        """What was begun before operation `begun` is certain now."""
        for _, op in [pair for pair in self.later if pair[0] < begun]:
            _apply(self.certain, op)
        self.later = [pair for pair in self.later if pair[0] >= begun]

    def whole(self):
        """As a reader sees it while the machine runs."""
        seen = bytearray(self.certain)
        for _, op in self.later:
            _apply(seen, op)
        return seen


class Disk:
    """The store's folder as operations go by."""

    def __init__(self, ops):
        self._ops, self.at = ops, 0
        self._seen = {}  # name → Content, as a running machine sees it
        self._certain = {}  # the same as the disk holds it for certain
        self._names = []  # (name, Content or None): entries of the folder that are not yet certain, in order

    def advance(self, to):
        """Lets the operations before number `to` happen."""
        for number in range(self.at, to):
            self._happen(number, self._ops[number])
        self.at = max(self.at, to)

    def _happen(self, number, op):
        if isinstance(op, Answer) or (isinstance(op, Create) and self._seen.get(op.name) is not None):
            return
        if isinstance(op, Create | Unlink):
            self._seen[op.name] = Content() if isinstance(op, Create) else None
            self._names.append((op.name, self._seen[op.name]))
        elif isinstance(op, Sync):
            if op.name != ".":
                self._seen[op.name].sync(op.begun)
            for name, content in [e for e in self._names if op.name in (".", e[0])]:
                self._certain[name] = content
            self._names = [e for e in self._names if op.name not in (".", e[0])]
        else:
            self._seen[op.name].later.append((number, op))

    def seen(self):
        """name → bytes on the running machine."""
        return {name: bytes(content.whole()) for name, content in self._seen.items() if content is not None}

    def unsynced(self):
        """How many writes would be at risk if the power failed now."""
        return sum(len(content.later) for content in self._seen.values() if content is not None)

    def crash(self, rng, mode):
        """name → bytes that a crash now may leave. `mode` is of MODES: what happens to that which was not synced."""
        names = dict(self._certain)
        late = {"none": 0, "all": len(self._names)}.get(mode, rng.randint(0, len(self._names)))
        names.update(self._names[:late])
        return {name: bytes(_left(content, rng, mode)) for name, content in names.items() if content is not None}


def _apply(data, op):
    if isinstance(op, Truncate):
        del data[op.size :]
        data.extend(bytes(op.size - len(data)))
        return
    data.extend(bytes(max(0, op.offset - len(data))))
    data[op.offset : op.offset + len(op.data)] = op.data


def _left(content, rng, mode):
    if mode == "all":
        return content.whole()
    left = bytearray(content.certain)
    if mode == "none":
        return left
    later = [op for _, op in content.later]
    cuts = [i for i, op in enumerate(later) if isinstance(op, Truncate)]
    reached = rng.choice([*cuts, len(later)])  # a change of length that happened comes after all that was before it
    begun = max((i + 1 for i in cuts if i < reached), default=0)
    for op in later[:begun]:
        _apply(left, op)
    for op in _survivors(later[begun:reached], rng):
        _apply(left, op)
    return _sized(left, len(content.certain), len(content.whole()), rng)


def _survivors(writes, rng):
    """Of each sector's successive versions any may be the last that reached the disk, or none of them."""
    sectors = defaultdict(list)
    for write in writes:
        begin, end = write.offset, write.offset + len(write.data)
        while begin < end:
            stop = min(end, (begin // SECTOR + 1) * SECTOR)
            piece = write.data[begin - write.offset : stop - write.offset]
            sectors[begin // SECTOR].append(Write(write.name, begin, piece))
            begin = stop
    odds = rng.random()
    for versions in sectors.values():
        if rng.random() < odds:
            yield from versions[: rng.randint(1, len(versions))]


def _sized(left, certain, whole, rng):
    """The length is written apart from the data: it may be an older one, or the newest with nothing behind it."""
    fate = rng.randrange(4)
    if fate == 0 and len(left) > certain:
        del left[rng.randint(certain, len(left)) :]
    elif fate == 1 and len(left) < whole:
        left.extend(bytes(whole - len(left)))
    return left
