"""What a chart is put together from: fewer points, round ticks over a change of the clock, colours that can be seen."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.theme import Tokens, contrast
from ui.theme.tokens import DARK, HIGH_CONTRAST, LIGHT
from ui.widgets.chart_thinning import averages, extremes, highest
from ui.widgets.chart_ticks import round_top, time_ticks, value_ticks

OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize("tokens", [LIGHT, DARK, HIGH_CONTRAST], ids=lambda t: t.name)
def test_every_series_stands_out_from_the_surface(tokens: Tokens) -> None:
    assert all(contrast(colour, tokens.surface) >= 3 for colour in tokens.series)
    assert len(set(tokens.series)) == len(tokens.series)


class TestThinning:
    X = np.arange(10_000, dtype=float)

    @given(st.integers(0, 9_000), st.integers(1, 999), st.integers(64, 400))
    def test_peaks_stay(self, first: int, length: int, most: int) -> None:
        y = np.random.default_rng(first).normal(size=10_000)
        _x, shown = extremes(self.X, y, first, first + length, most)
        assert shown.max() >= y[first : first + length].max()
        assert shown.min() <= y[first : first + length].min()
        assert len(shown) <= 2 * most + 4

    def test_bins_stay_where_they_are_while_panning(self) -> None:
        y = np.random.default_rng(1).normal(size=10_000)
        here, there = (set(zip(*extremes(self.X, y, first, first + 5_000, 100), strict=True)) for first in (0, 10))
        assert len(here & there) >= len(here) - 4

    def test_a_gap_shows_where_nothing_is_known_at_all(self) -> None:
        y = np.ones(10_000)
        y[5_000:5_500] = np.nan
        y[7_000] = np.nan
        x, shown = extremes(self.X, y, 0, 10_000, 100)
        assert set(np.floor(x[np.isnan(shown)] / 100)) == {50, 51, 52, 53, 54}

    def test_shares_are_averaged_over_what_is_known(self) -> None:
        rows = np.vstack([np.tile([0.2, np.nan], 500), np.tile([0.8, np.nan], 500)])
        edges, shown = averages(np.arange(1001.0), rows, 0, 1000, 10)
        assert shown.shape == (2, 10)
        assert shown[:, 0].tolist() == pytest.approx([0.2, 0.8])
        assert edges.tolist() == list(range(0, 1001, 100))

    def test_the_highest_of_nothing_is_nothing(self) -> None:
        assert highest([np.array([np.nan, np.nan])], 0, 2) == 0
        assert highest([], 0, 0) == 0


class TestTicks:
    def at(self, day: int, hour: int = 0, month: int = 3) -> float:
        return datetime(2026, month, day, hour, tzinfo=OSLO).timestamp()

    def test_they_stand_at_round_times_over_the_clock_change(self) -> None:
        ticks = time_ticks(self.at(28, 12), self.at(29, 12), OSLO, 10)
        assert [text for _at, text in ticks] == [
            "12:00", "15:00", "18:00", "21:00", "29 Mar", "03:00", "06:00", "09:00", "12:00"
        ]  # fmt: skip
        assert ticks[5][0] - ticks[4][0] == 2 * 3600

    def test_an_hour_that_is_skipped_has_none_and_one_that_comes_twice_one(self) -> None:
        spring = [text for _at, text in time_ticks(self.at(29), self.at(29, 5), OSLO, 6)]
        assert spring == ["29 Mar", "01:00", "03:00", "04:00", "05:00"]
        autumn = [text for _at, text in time_ticks(self.at(25, 0, 10), self.at(25, 5, 10), OSLO, 6)]
        assert autumn == ["25 Oct", "01:00", "02:00", "03:00", "04:00", "05:00"]

    def test_days_weeks_and_months_follow_with_the_width(self) -> None:
        assert [t for _a, t in time_ticks(self.at(1), self.at(4), OSLO, 4)] == ["1 Mar", "2 Mar", "3 Mar", "4 Mar"]
        assert next(t for _a, t in time_ticks(self.at(1), self.at(31), OSLO, 6)) == "2 Mar"  # a Monday
        assert [t for _a, t in time_ticks(self.at(1), self.at(30, 0, 6), OSLO, 5)] == [
            "Mar 2026", "Apr 2026", "May 2026", "Jun 2026"
        ]  # fmt: skip

    @pytest.mark.parametrize(("value", "top"), [(0, 1), (7, 10), (10, 10), (11, 20), (21, 25), (26, 50), (0.3, 0.5)])
    def test_an_axis_ends_at_a_round_number(self, value: float, top: float) -> None:
        assert round_top(value) == pytest.approx(top)

    def test_values_are_marked_from_nothing_to_the_top(self) -> None:
        assert value_ticks(50, 5) == [0, 10, 20, 30, 40, 50]
