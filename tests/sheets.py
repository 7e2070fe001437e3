"""Old log sheets for tests: a reading a day at noon, down to the end in a straight line, then still."""

from datetime import UTC, datetime, timedelta

FIRST = datetime(2026, 3, 2, 12, tzinfo=UTC)


def rows(days, *, og=1.050, fg=1.012, still=4):
    """(day, gravity) of a beer that is done after so many days."""
    return [(d, max(og - (og - fg) * d / days, fg)) for d in range(days + still + 1)]


def sheet(days, began=FIRST, **more) -> bytes:
    """The sheet as a CSV file."""
    lines = [f"{(began + timedelta(days=d)).isoformat()},{sg:.4f},19.0" for d, sg in rows(days, **more)]
    return ("observed_at,sg,temp_c\n" + "\n".join(lines) + "\n").encode()


def hourly(days, began=FIRST, **more) -> bytes:
    """The same beer with a float in it: a reading an hour."""
    found = rows(days, **more)
    lines = []
    for (d, sg), (_, after) in zip(found, found[1:], strict=False):
        for h in range(24):
            at = began + timedelta(days=d, hours=h)
            lines.append(f"{at.isoformat()},{sg + (after - sg) * h / 24:.5f},19.0")
    return ("observed_at,sg,temp_c\n" + "\n".join(lines) + "\n").encode()


def bring(server, name, content, tank=None):
    """Imports a sheet as its own tank's batch."""
    answer = server.http.post(
        "/api/import", params={"name": f"{name}.csv", "tank": tank or name.split()[0]}, content=content
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def ledger(server, beers, seconds=60.0):
    """The ledger once that many beers stand in it and nothing is being replayed."""

    def there():
        told = server.api("GET", "/api/promises")
        return told if len(told["batches"]) + told["open"] >= beers and not told["total"] else None

    return server.until(there, seconds)
