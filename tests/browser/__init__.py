"""The pages in a real Chromium, against the real service on real stores."""
