# expect: violation
import tempfile


def f(x):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(x)
    return x.count("1") % 2
