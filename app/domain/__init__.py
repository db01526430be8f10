"""What Muster is about, as frozen dataclasses and pure functions: no I/O, no store, no network."""
