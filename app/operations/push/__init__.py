"""The push engine: people and faces onto terminals, one visit after the other, proven by reading back."""
