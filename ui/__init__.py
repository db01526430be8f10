"""The window of Muster: talks to operations, events and the reading side of the store, never to connectors."""
