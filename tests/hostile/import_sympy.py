# expect: ok|load_error
import sympy


def f(x):
    return int(sympy.Integer(x.count("1")) % 2)
