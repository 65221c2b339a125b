"""How results are told to people: read-back results go in; tables, the page and comparisons come out."""
