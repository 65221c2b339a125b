# expect: violation
import socket


def f(x):
    socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    return 0
