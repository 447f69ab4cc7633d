"""The journey of a failure as use cases."""
