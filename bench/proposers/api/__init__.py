"""Models over HTTP: a prompt goes in; the server's answer, or an Outage, comes out."""
