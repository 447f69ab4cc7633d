"""What comes in: texts, files and the vectors of both."""
