"""Who someone is: tokens and what they prove."""
