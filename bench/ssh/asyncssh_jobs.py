# The same jobs by asyncssh: python3 asyncssh_jobs.py put PORT USER KEY KNOWN_HOSTS ...
import asyncio
import sys
import warnings

warnings.simplefilter("ignore")
import asyncssh  # noqa: E402

job, port, user, key, known_hosts, *words = sys.argv[1:]


def connected():
    return asyncssh.connect("127.0.0.1", int(port), username=user, client_keys=[key], known_hosts=known_hosts, agent_path=None)


async def lane(count):
    for _ in range(count):
        async with connected() as connection:
            await connection.run("true")


async def main():
    if job == "connect":
        await asyncio.gather(*(lane(int(words[0]) // 10) for _ in range(10)))
        return
    async with connected() as connection:
        if job == "exec":
            for _ in range(int(words[0])):
                await connection.run("true")
        else:
            async with connection.start_sftp_client() as sftp:
                await (sftp.put if job == "put" else sftp.get)(words[0], words[1])


asyncio.run(main())
