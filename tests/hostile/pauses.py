# expect: timeout|runtime_error|violation|bad_output
import signal


def f(x):
    return signal.pause()
