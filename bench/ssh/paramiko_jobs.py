# The same jobs by paramiko: python3 paramiko_jobs.py put PORT USER KEY KNOWN_HOSTS ...
import sys
import threading

import paramiko

job, port, user, key, known_hosts, *words = sys.argv[1:]


def connected():
    client = paramiko.SSHClient()
    client.load_host_keys(known_hosts)
    client.connect("127.0.0.1", int(port), user, key_filename=key, allow_agent=False, look_for_keys=False)
    return client


def command(client):
    _, out, _ = client.exec_command("true")
    out.read()
    out.channel.recv_exit_status()


def lane(count):
    for _ in range(count):
        client = connected()
        command(client)
        client.close()


if job == "connect":
    lanes = [threading.Thread(target=lane, args=(int(words[0]) // 10,)) for _ in range(10)]
    for one in lanes:
        one.start()
    for one in lanes:
        one.join()
else:
    client = connected()
    if job == "exec":
        for _ in range(int(words[0])):
            command(client)
    elif job == "put":
        client.open_sftp().put(words[0], words[1])
    elif job == "get":
        client.open_sftp().get(words[0], words[1])
    client.close()
