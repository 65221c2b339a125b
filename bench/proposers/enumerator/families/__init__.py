"""The families of the language: examples go in; productions and programs of one form come out."""
