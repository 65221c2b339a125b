"""What a terminal shows: the live line while a run goes on, and the summary at its end."""
