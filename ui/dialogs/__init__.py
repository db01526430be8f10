"""Dialogs: shown without blocking the event loop, closed by Esc, each with one subject."""
