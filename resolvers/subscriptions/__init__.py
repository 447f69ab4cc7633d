"""Subscriptions: one run for all who follow the same with the same rights."""
