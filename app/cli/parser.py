"""The parser of every command and verb."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from app.errors import UsageError


class Parser(argparse.ArgumentParser):
    """Says what is wrong as every other error is said, so that `--json` prints a document for it too.

    `fill` adds the verbs of a command once it is the one that is meant: to make a hundred parsers costs 10 ms.
    """

    fill: Callable[[Parser], None] | None = None

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]  # mypy wants every overload again
        """Everything is parsed through here, that of a command with what follows its name."""
        if self.fill is not None:
            fill, self.fill = self.fill, None
            fill(self)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Raises `UsageError`."""
        self.print_usage(sys.stderr)
        raise UsageError(message, f"See {self.prog} --help.")


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Parser]
    """Where commands are added."""
