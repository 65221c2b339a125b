# expect: memory
def f(x):
    last = None
    while True:
        try:
            raise ValueError from last
        except ValueError as error:
            last = error
