"""Data exchange: files of contact-centre data checked, put right and imported; stored data written to files."""

from ui.pages.workforce.exchange.page import ExchangePage

__all__ = ["ExchangePage"]
