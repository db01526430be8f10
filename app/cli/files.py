"""The files of a list: `--csv FILE` and `--xlsx FILE`, beside which `--json` still prints its one document."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path


def writes_files(args: argparse.Namespace) -> bool:
    """Whether a list goes to a file rather than to the screen."""
    return bool(args.csv or args.xlsx)


def write_files(
    args: argparse.Namespace, columns: Sequence[str], rows: Sequence[Sequence[object]], owner: str = ""
) -> None:
    """Write a list to each file that was named, with a last column that says whose it is where `owner` does.

    Raises `UsageError` for a name that does not end as the format does, `StoreError` where it cannot be written.
    """
    if not writes_files(args):
        return
    from app.exports import export_rows, of_organization

    for file in filter(None, (args.csv, args.xlsx)):
        export_rows(Path(file), *of_organization(owner, columns, rows))
