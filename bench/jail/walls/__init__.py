"""The restrictions of Linux that a child puts on before it reads a program, and what is found missing of them."""
