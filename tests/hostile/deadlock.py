# expect: timeout
import threading


def f(x):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
    return 0
