# expect: bad_output
async def f(x):
    return x.count("1") % 2
