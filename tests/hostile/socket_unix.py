# expect: violation
import socket


def f(x):
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    return 0
