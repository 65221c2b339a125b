# expect: ok
def f(x):
    import colorsys
    import difflib
    import textwrap

    return x.count("1") % 2 if colorsys and difflib and textwrap else 2
