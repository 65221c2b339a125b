"""The harness's side of the jail: programs and inputs go in; verdicts come out."""
