"""The child's side of the jail: a program and its inputs go in; one byte an input comes out."""
