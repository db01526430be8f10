"""Where things lie on disk: the program's resources and the user's home folder.

`MUSTER_HOME` names the folder of database, settings, pictures and logs; without it, it is the platform's user data
folder (command-line.md, Common). The store keeps no absolute path, so a home can be moved.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


def resource(*parts: str) -> Path:
    """Path of a file that ships with the program, in a checkout and in a packaged bundle alike."""
    base = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parent.parent))
    return base.joinpath("resources", *parts)


@dataclass(frozen=True)
class Home:
    """The user's folder and the names inside it.

    `organization` is the key of the one whose data is meant: blank for the first, None where the settings decide.
    Settings, layout and logs belong to all of them.
    """

    path: Path
    organization: str | None = None

    @classmethod
    def find(cls, given: str | None = None) -> Home:
        """`--home`, else `MUSTER_HOME`, else the platform's user data folder; created for its owner alone."""
        name = given or os.environ.get("MUSTER_HOME")
        if not name:
            from platformdirs import user_data_path

            name = str(user_data_path("Muster", appauthor=False))
        home = cls(Path(name).expanduser().absolute())
        home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return home

    @property
    def data(self) -> Path:
        """The folder of what belongs to one organisation alone."""
        return self.path / "organizations" / self.organization if self.organization else self.path

    @property
    def database(self) -> Path:
        """The embedded store."""
        return self.data / "muster.sqlite3"

    @property
    def backups(self) -> Path:
        """Copies of the store made before a migration."""
        return self.data / "backups"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.path / "settings.json"

    @property
    def layout(self) -> Path:
        """Window size, column widths and the like."""
        return self.path / "window.ini"

    @property
    def pictures(self) -> Path:
        """Thumbnails of employees."""
        return self.data / "pictures"

    @property
    def faces(self) -> Path:
        """Photos made ready for terminals."""
        return self.data / "faces"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.path / "logs"
