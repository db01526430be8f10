"""A receiver of webhooks with every bad day of one."""
