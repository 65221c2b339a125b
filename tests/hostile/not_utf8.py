# expect: syntax_error
x = "ÿþ"


def f(x):
    return x.count("1") % 2
