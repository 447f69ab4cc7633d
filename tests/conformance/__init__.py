"""Independent clients, written by others in another language, against the running application."""
