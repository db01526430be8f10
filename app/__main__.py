"""`python -m app` is the command `muster`."""

from app.cli.main import command

if __name__ == "__main__":
    raise SystemExit(command())
