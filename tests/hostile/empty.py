# expect: no_function
