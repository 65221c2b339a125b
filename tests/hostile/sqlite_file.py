# expect: violation|load_error
import sqlite3

sqlite3.connect("/tmp/hostile.db")


def f(x):
    return x.count("1") % 2
