"""Where the program starts: settings, wiring, the ASGI app, the command line, local services."""
