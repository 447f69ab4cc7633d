"""OWASP's Application Security Verification Standard: how each requirement is met."""
