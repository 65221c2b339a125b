"""The families of the language: each adds productions to the grammar, or solves for programs of one form."""
