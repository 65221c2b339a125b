# expect: load_error
import no_such_module_anywhere


def f(x):
    return x.count("1") % 2
