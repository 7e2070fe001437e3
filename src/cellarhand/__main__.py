"""`python -m cellarhand` and the `cellarhand` command."""


def main() -> None:
    """Loads the command line only when it is run: a worker process that starts from here needs none of it."""
    from cellarhand.cli import main as run

    run()


if __name__ == "__main__":
    main()
