# expect: ok
def f(x):
    return x.count("1") % 2


if __name__ == "__main__":
    print(f(input()))
