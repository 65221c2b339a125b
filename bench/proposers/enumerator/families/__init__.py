"""The families of the language: examples go in; productions, or programs of one form, come out."""
