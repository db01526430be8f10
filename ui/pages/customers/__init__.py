"""The Customers page: customers of CETEC and the backup database of each (screens.md, Customers; cetec-mysql.md §8)."""

from ui.pages.customers.page import CustomersPage

__all__ = ["CustomersPage"]
