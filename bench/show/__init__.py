"""Results as people see them: results go in; tables, the page and comparisons come out."""
