"""The demo contact centre: its groups, the days of its agents, and the platform that reports them."""
