# expect: timeout
import sys
import threading

sys.setswitchinterval(1000)


def turn():
    while True:
        pass


def f(x):
    threading.Thread(target=turn).start()
    return x.count("1") % 2
