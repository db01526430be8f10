"""Fixtures of tests of the photo doctor."""

from __future__ import annotations

import pytest

from tests.photos.pictures import see


@pytest.fixture
def one_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """A finder that sees one well placed face in every picture: what is examined here is everything else."""
    see(monkeypatch, None)
