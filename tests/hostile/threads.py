# expect: ok
import threading


def f(x):
    found = []
    workers = [threading.Thread(target=lambda c=c: found.append(int(c))) for c in x]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(found) % 2
