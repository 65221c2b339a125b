# expect: ok
import threading


def spin():
    while True:
        pass


threading.Thread(target=spin).start()


def f(x):
    return x.count("1") % 2
