"""What of a log is of beer and of the past: pure looks at a batch's columns."""

from bisect import bisect_right
from dataclasses import replace

from cellarhand.move.found import LogBatch
from cellarhand.units import HOTTEST_BEER_C


def until(batch: LogBatch, last_us: int) -> tuple[LogBatch, int]:
    """The batch without what is later than `last_us`, and how many rows that were.

    >>> batch = LogBatch(name="IPA", observed_at_us=[0, 7], channels={"sg": [1.05, 1.04]})
    >>> until(batch, 5)[0].channels, until(batch, 5)[1]
    ({'sg': [1.05]}, 1)
    """
    count = bisect_right(batch.observed_at_us, last_us)
    texts = [text for text in batch.texts if text[0] <= last_us]
    lost = len(batch) - count
    if not lost and len(texts) == len(batch.texts):
        return batch, 0
    channels = {name: column[:count] for name, column in batch.channels.items()}
    return replace(batch, observed_at_us=batch.observed_at_us[:count], channels=channels, texts=texts), lost


def beer_from(batch: LogBatch) -> int | None:
    """When the first row was of beer, in UTC microseconds; None where none was. A gravity makes it beer, save where
    it is hotter than any beer: that is wort, water or lye.

    >>> beer_from(LogBatch(name="", observed_at_us=[3, 9], channels={"sg": [1.0, 1.05], "temp_c": [65.0, 20.0]}))
    9
    """
    nothing: list[float | None] = [None] * len(batch)
    hot = [t is not None and t > HOTTEST_BEER_C for t in batch.channels.get("temp_c", nothing)]
    gravity = batch.channels.get("sg", nothing)
    if not any(sg is not None and not is_hot for sg, is_hot in zip(gravity, hot, strict=True)):
        return None
    return batch.observed_at_us[hot.index(False)]
