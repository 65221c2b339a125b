"""The files of one run: attempts and events go in; files come out, and are read as results."""
