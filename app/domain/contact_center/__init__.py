"""Contact centres: what they say, and what is worked out of it, without any input or output (contact-center.md §5, §6).

Moments are whole milliseconds since 1970 in UTC, durations are milliseconds, ids are texts, as the store keeps them.
"""
