# expect: syntax_error
Sure! Here is the function you asked for.
