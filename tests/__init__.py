"""The tests, one folder for each package, on real stores."""
