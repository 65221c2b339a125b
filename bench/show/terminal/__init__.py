"""The terminal: results go in; a live line comes out during a run, and the summary at its end."""
