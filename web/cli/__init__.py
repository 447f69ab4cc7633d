"""The command line: `battwheels` and its verbs."""
