# expect: violation
from urllib.request import urlopen


def f(x):
    return len(urlopen("http://example.org", timeout=1).read()) % 2
