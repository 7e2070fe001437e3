"""What the same promise costs alone: a FastAPI handler, one table, group commit, synchronous=FULL.

Run as `python -m bench.bare FILE PORT`; the limit that `posts_per_s` is held against.
"""

import asyncio
import sqlite3
import sys
import threading
from queue import SimpleQueue

import uvicorn
from fastapi import FastAPI, Request, Response


def make(path: str) -> FastAPI:
    """The app; every post is answered after its group's commit."""
    app, queue = FastAPI(), SimpleQueue()

    def write() -> None:
        conn = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            conn.execute(f"PRAGMA {pragma}")
        conn.execute("CREATE TABLE r (id INTEGER PRIMARY KEY, at REAL, sg REAL, temp REAL)")
        while True:
            group = [queue.get()]
            while len(group) < 256 and not queue.empty():
                group.append(queue.get())
            conn.execute("BEGIN IMMEDIATE")
            conn.executemany("INSERT INTO r (at, sg, temp) VALUES (?, ?, ?)", [row for row, _, _ in group])
            conn.execute("COMMIT")
            for _, loop, future in group:
                loop.call_soon_threadsafe(future.set_result, None)

    threading.Thread(target=write, daemon=True).start()

    @app.post("/in")
    async def keep(request: Request) -> Response:
        body = await request.json()
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        queue.put(((loop.time(), body["sg"], body["temp_c"]), loop, future))
        await future
        return Response(b'{"kept":1}', 201, media_type="application/json")

    return app


if __name__ == "__main__":
    uvicorn.run(make(sys.argv[1]), port=int(sys.argv[2]), access_log=False, log_level="error")
