# expect: ok


def reached():
    for cls in object.__subclasses__():
        if cls.__name__ == "Popen":
            return cls(["true"]).wait() == 0
    for cls in object.__subclasses__():
        loaded = getattr(getattr(cls, "__init__", None), "__globals__", {}).get("sys")
        if loaded:
            return loaded.modules["os"].open("/etc/passwd", 0)
    return False


def tried():
    try:
        return bool(reached())
    except Exception:
        return False


REACHED = tried()


def f(x):
    return 2 if REACHED else x.count("1") % 2
