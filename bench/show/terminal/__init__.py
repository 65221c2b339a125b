"""The terminal: results go in; a line comes out during a run, and the summary at its end."""
