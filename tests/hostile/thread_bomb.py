# expect: timeout|memory|runtime_error|crashed
import threading


def spin():
    while True:
        pass


def f(x):
    while True:
        threading.Thread(target=spin, daemon=True).start()
