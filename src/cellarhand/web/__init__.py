"""JSON API, pages, live stream, static files. What it needs of other parts is in `ports`."""
