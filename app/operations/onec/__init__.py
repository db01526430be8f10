"""The ten operations on 1C ZUP, and what belongs to them (onec-zup.md §1)."""
