"""The restrictions of Linux: an open process goes in; a closed one comes out, its gaps named."""
