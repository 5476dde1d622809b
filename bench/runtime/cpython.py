"""The same measurements with CPython's own modules. Prints one JSON object: items or tasks per second, nanoseconds per lock pair."""
import json
import multiprocessing as mp
import queue
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

def item(i):
    return {"id": i, "host": "web01.example", "rc": 0, "out": "x" * 60}

def square(n):
    return n * n

def feed(q, count):
    for i in range(count):
        q.put(item(i))

def feed_batches(q, count):
    for i in range(0, count, 64):
        q.put([item(i + j) for j in range(64)])

def rate(count, work):
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)

def local_queue(count=100_000):
    q = queue.Queue(1024)
    def work():
        t = threading.Thread(target=feed, args=(q, count))
        t.start()
        for _ in range(count):
            q.get()
        t.join()
    return rate(count, work)

def process_queue(maxsize, producers=1, count=40_000, batched=False):
    q = mp.Queue(maxsize)
    children = [mp.Process(target=feed_batches if batched else feed, args=(q, count)) for _ in range(producers)]
    for child in children:
        child.start()
    q.get()
    gets = producers * (count // 64 if batched else count) - 1
    result = rate(gets * (64 if batched else 1), lambda: [q.get() for _ in range(gets)])
    for child in children:
        child.join()
    return result

def submits(executor, count):
    with executor as pool:
        pool.submit(square, 1).result()
        return rate(count, lambda: [f.result() for f in [pool.submit(square, i) for i in range(count)]])

def lock_pair(count=500_000):
    lock = mp.Lock()
    def work():
        for _ in range(count):
            lock.acquire()
            lock.release()
    return 1e9 / rate(count, work)

if __name__ == "__main__":
    print(json.dumps({
        "version": ".".join(map(str, __import__("sys").version_info[:3])),
        "localQueue": local_queue(),
        "processQueue": process_queue(0),
        "boundedProcessQueue": process_queue(1024),
        "twoProducers": process_queue(1024, producers=2, count=20_000),
        "batchedProcessQueue": process_queue(0, batched=True, count=128_000),
        "threadSubmit": submits(ThreadPoolExecutor(2), 20_000),
        "processSubmit": submits(ProcessPoolExecutor(2), 5_000),
        "lockPair": lock_pair(),
    }))
