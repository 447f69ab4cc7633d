"""The pages for people of a garage: their sources, their build, their door."""
