# expect: ok
import json
import os
import struct
import sys

json.dumps = struct.pack = os.write = os._exit = os.read = None
sys.stdout = sys.stderr = sys.exit = None


def f(x):
    return x.count("1") % 2
