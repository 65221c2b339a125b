# expect: runtime_error
import ctypes
import threading

THREAD = ctypes.c_ulong(threading.get_ident())


def f(x):
    ctypes.pythonapi.PyThreadState_SetAsyncExc(THREAD, ctypes.py_object(SystemExit))
    return x.count("1") % 2
