"""Webhooks as data: endpoints, events, deliveries, and what follows from an answer (webhooks.md §2-§8). Nothing here
asks the network, the clock or the database.
"""
