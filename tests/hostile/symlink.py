# expect: violation
import os


def f(x):
    os.symlink("/etc/passwd", "/tmp/hostile-link")
    return 0
