"""What nobody should send, made from the code itself: inputs are found there, not listed."""
