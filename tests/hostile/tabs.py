# expect: ok
def f(x):
	return x.count("1") % 2
