# expect: no_function
x = 1
