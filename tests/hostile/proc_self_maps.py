# expect: violation
def f(x):
    with open("/proc/self/maps") as file:
        return len(file.read()) % 2
