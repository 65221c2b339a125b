"""What one run leaves behind: attempts and events go in; files come out, and are read back as results."""
