"""A garage that works offline: its replica, its queue, and how both meet the service."""
