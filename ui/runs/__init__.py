"""Runs as a person follows them: the panel at the bottom of the window, and what it shares with the Activity page.

    panel = RunPanel(desk)                          # hidden until something runs
    panel.visible_runs_changed.connect(show_count)  # how many run now
    panel.show_run(run_id)                          # a run from the history, as it ended

Knows operations by their registry entry only.
"""

from ui.runs.panel import RunPanel

__all__ = ["RunPanel"]
