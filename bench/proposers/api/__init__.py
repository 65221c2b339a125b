"""Models over HTTP: a prompt goes in, the server's answer comes out, or an Outage that says whose fault it is."""
