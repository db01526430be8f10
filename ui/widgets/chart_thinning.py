"""Many points made few, for a chart that has fewer pixels: what is shown keeps its peaks, or its average.

Bins begin at multiples of their width, so that they stay where they are while the chart is panned: bins that begin at
the left edge would make the line flicker. Knows numpy alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def extremes(x: Numbers, y: Numbers, first: int, last: int, most: int) -> tuple[Numbers, Numbers]:
    """The points from `first` up to `last`: themselves where they are at most `most`, else highest and lowest per bin.

    NaN is a gap: a bin has one only where nothing is known in it at all.
    """
    width, begins = _bins(len(x), first, last, most)
    if width == 1:
        return x[first:last], y[first:last]
    part = y[begins[0] : min(len(y), begins[-1] + width)]
    at = begins - begins[0]
    shown = np.empty(2 * len(begins))
    shown[0::2] = np.fmax.reduceat(part, at)
    shown[1::2] = np.fmin.reduceat(part, at)
    return np.repeat(_middles(x, begins, width), 2), shown


def averages(edges: Numbers, rows: Numbers, first: int, last: int, most: int) -> tuple[Numbers, Numbers]:
    """Several series one under another, with the average per bin; what is unknown counts nothing.

    Instead of middles it takes and gives edges, one more than there are values.
    """
    length = rows.shape[1]
    width, begins = _bins(length, first, last, most)
    if width == 1:
        return edges[first : last + 1], rows[:, first:last]
    end = min(length, int(begins[-1]) + width)
    part = rows[:, begins[0] : end]
    known = np.isfinite(part)
    at = begins - begins[0]
    sums = np.add.reduceat(np.where(known, part, 0.0), at, axis=1)
    counts = np.add.reduceat(known.astype(np.float64), at, axis=1)
    found = np.full(sums.shape, np.nan)
    np.divide(sums, counts, out=found, where=counts > 0)
    return edges[np.append(begins, end)], found


def _bins(length: int, first: int, last: int, most: int) -> tuple[int, NDArray[np.intp]]:
    width = max(1, -(-(last - first) // most))
    return width, np.arange(first // width * width, min(last, length), width)


def _middles(x: Numbers, begins: NDArray[np.intp], width: int) -> Numbers:
    middles: Numbers = (x[begins] + x[np.minimum(begins + width, len(x)) - 1]) / 2
    return middles


def drawn_length(x: Numbers, y: Numbers, pixel: tuple[float, float]) -> float:
    """How many pixels a line through the points is long; `pixel` is how much of each axis one is."""
    steps = np.abs(np.diff(y)) / pixel[1]
    return float(np.nansum(steps)) + float(x[-1] - x[0]) / pixel[0] if len(x) > 1 else 0.0


def highest(rows: list[Numbers], first: int, last: int) -> float:
    """The highest value of several series in a range; 0 where nothing is known."""
    tops = (np.fmax.reduce(row[first:last], initial=np.nan) for row in rows)
    return float(max((top for top in tops if np.isfinite(top)), default=0.0))
