# expect: ok
f = lambda x: x.count("1") % 2
