"""What CPython's own modules do: one JSON object per scenario name, compared with the runtime's answers."""
import json
import multiprocessing as mp
import queue
import threading
from concurrent.futures import CancelledError, Future, InvalidStateError, ThreadPoolExecutor, TimeoutError


def outcome(work):
    try:
        return work()
    except BaseException as error:  # noqa: BLE001 - the class is what is compared
        return type(error).__name__


def orders():
    result = []
    for make in (queue.Queue, queue.LifoQueue, queue.PriorityQueue):
        q = make()
        for item in (111, 333, 222):
            q.put(item)
        result.append([q.get() for _ in range(3)])
    return result


def bounded():
    q = queue.Queue(2)
    q.put(1)
    states = [q.empty(), q.full(), q.qsize()]
    q.put(2)
    return [states, q.full(), outcome(lambda: q.put_nowait(3)), outcome(lambda: q.put(3, timeout=0.01)), q.get(), q.get(),
            outcome(q.get_nowait), outcome(lambda: q.get(timeout=0.01)), outcome(lambda: q.get(timeout=-1)), outcome(q.task_done),
            outcome(q.task_done), outcome(q.task_done)]


def locks():
    lock, rlock = threading.Lock(), threading.RLock()
    return [lock.acquire(False), lock.acquire(False), lock.locked(), outcome(lock.release), outcome(lock.release),
            rlock.acquire(False), rlock.acquire(False), outcome(rlock.release), outcome(rlock.release), outcome(rlock.release)]


def semaphores():
    bounded, plain = threading.BoundedSemaphore(2), threading.Semaphore(0)
    return [bounded.acquire(False), bounded.acquire(False), bounded.acquire(False), outcome(lambda: bounded.release(2)),
            outcome(bounded.release), outcome(lambda: plain.release(0)), outcome(lambda: threading.Semaphore(-1)),
            outcome(plain.release), plain.acquire(False)]


def events():
    event = threading.Event()
    answers = [event.is_set(), event.wait(0)]
    event.set()
    event.set()
    return answers + [event.is_set(), event.wait()]


def conditions():
    condition = threading.Condition()
    with condition:
        waited = condition.wait(0.01)
    return [waited, outcome(lambda: condition.wait(0.01)), outcome(condition.notify)]


def barriers():
    barrier = threading.Barrier(2)
    first = outcome(lambda: barrier.wait(0.01))
    broken = [first, barrier.broken, outcome(barrier.wait)]
    barrier.reset()
    return broken + [barrier.broken, barrier.parties, barrier.n_waiting, threading.Barrier(1).wait()]


def future_states():
    pending, running, cancelled, failed, done = (Future() for _ in range(5))
    running.set_running_or_notify_cancel()
    cancelled.cancel()
    failed.set_exception(OSError("no"))
    done.set_result(42)
    return [[f.cancel(), f.cancelled(), f.running(), f.done()] for f in (running, cancelled, failed, done)] + [
        outcome(lambda: pending.result(timeout=0.01)), outcome(cancelled.result), outcome(failed.result), done.result(),
        outcome(lambda: done.set_result(1)), [pending.cancel(), pending.cancel()]]


def executors():
    pool = ThreadPoolExecutor(2)
    values = list(pool.map(lambda a, b: a * b, [1, 2, 3], [10, 20]))
    pool.shutdown()
    return [values, outcome(lambda: pool.submit(abs, 1)), outcome(lambda: ThreadPoolExecutor(0))]


def pipes():
    a, b = mp.Pipe()
    reader, writer = mp.Pipe(duplex=False)
    a.send([42, None, "hello"])
    a.send_bytes(b"")
    answers = [b.poll(), b.recv(), len(b.recv_bytes()), b.poll(0.01), b.poll(-1)]
    a.close()
    return answers + [outcome(b.recv), outcome(lambda: reader.send(1)) != 1, outcome(writer.recv) != 1]


def die(how):
    import os, signal, sys
    if how == "return":
        return
    if how == "raise":
        sys.stderr = open(os.devnull, "w")
        raise ValueError(how)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.exit(how)


def exit_codes():
    codes = []
    for how in ("return", "raise", "kill", None, 0, 3, 263, True, False):
        child = mp.Process(target=die, args=(how,))
        child.start()
        child.join()
        codes.append(child.exitcode)
    return codes


def process_misuse():
    child = mp.Process(target=die, args=("return",))
    answers = [child.pid, child.exitcode, child.is_alive(), outcome(child.join)]
    child.start()
    answers.append(outcome(child.start))
    child.join()
    child.close()
    return answers + [outcome(child.is_alive)]


if __name__ == "__main__":
    scenarios = [orders, bounded, locks, semaphores, events, conditions, barriers, future_states, executors, pipes, exit_codes, process_misuse]
    print(json.dumps({scenario.__name__: scenario() for scenario in scenarios}))
