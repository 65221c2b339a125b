# expect: violation
import socket


def f(x):
    socket.socket(socket.AF_INET, socket.SOCK_RAW)
    return 0
