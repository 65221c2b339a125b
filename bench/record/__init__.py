"""What the harness records: values go in; frozen records, lines and wording come out."""
