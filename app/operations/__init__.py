"""Everything a person can do, declared once: the registry, the runner, one module per family of operations."""
