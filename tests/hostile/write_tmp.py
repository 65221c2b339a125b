# expect: violation
def f(x):
    with open("/tmp/hostile", "w") as file:
        file.write(x)
    return 0
