"""One search: a grid point and its dataset go in; attempts and the outcome come out."""
