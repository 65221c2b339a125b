"""What the harness records, as frozen records; how numbers and foreign text are worded."""
