"""Documents on paper: A4 pages set by typst from a sheet of plain strings."""
