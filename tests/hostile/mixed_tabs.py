# expect: syntax_error
def f(x):
        if x:
	return 0
