"""The demo CETEC: its customers, and the HTTP server that lists them."""
