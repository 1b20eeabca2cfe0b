"""The `lectern` command."""

from lectern.cli.app import app


def main() -> None:
    """Runs the command; its exit status says how it went."""
    app(prog_name="lectern")


if __name__ == "__main__":
    main()
