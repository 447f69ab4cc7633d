"""Bytes that people hand in: where they are kept, how they are sealed, and what is made of them."""
