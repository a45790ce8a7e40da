"""A process that has imported the bot once and forks for every life of it, as importing is most of what a start costs.

A life is a process of its own: it has its own session, its own environment and folder, and nobody's files, and goes
through the same `program` as one that was started by its command line.
"""

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Self, TextIO

CHECKOUT = Path(__file__).parents[1]
MOST_FILES = 1024


class Life:
    """A forked process, with the part of `asyncio.subprocess.Process` that tests have a use for."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, ending: Coroutine[None, None, int]) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._ending = asyncio.create_task(self._end(ending))

    async def _end(self, ending: Coroutine[None, None, int]) -> int:
        self.returncode = await ending
        return self.returncode

    async def wait(self) -> int:
        return await asyncio.shield(self._ending)

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Zygote:
    """Entered, it imports `modules`; left, it is gone. The lives are somebody else's to end."""

    def __init__(self, *modules: str) -> None:
        self._modules = modules
        self._requests: socket.socket
        self._process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        self._requests, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__, *self._modules],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)},
            start_new_session=True,
        )
        theirs.close()
        return self

    def __exit__(self, *failure: object) -> None:
        self._requests.close()
        self._process.wait()

    async def start(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Life:
        """The bot with these arguments; `environment` is all that it gets."""
        reading, output = os.pipe()
        ours, theirs = socket.socketpair()
        socket.send_fds(self._requests, [b"."], [output, theirs.fileno()])
        os.close(output)
        theirs.close()
        keeper, writer = await asyncio.open_connection(sock=ours)
        asked = {"arguments": list(arguments), "environment": dict(environment), "folder": str(folder)}
        writer.write(f"{json.dumps(asked)}\n".encode())

        async def code() -> int:
            with closing(writer):
                return int(await keeper.readline())

        return Life(int(await keeper.readline()), await _reader(reading), code())


async def _reader(pipe: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    file = os.fdopen(pipe, "rb", buffering=0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
    return reader


def _next_life(requests: socket.socket) -> dict[str, Any] | None:
    """In the process of a life, what was asked of it; None in the zygote, once nobody asks any more."""
    while True:
        _wait_for_the_dead()
        message, files, _, _ = socket.recv_fds(requests, 1, 2)
        if not message:
            return None
        if os.fork() == 0:
            requests.close()
            return _keep(*files)
        for file in files:
            os.close(file)


def _wait_for_the_dead() -> None:
    """Only who was waited for is counted in the time that the tests have used."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _keep(output: int, answers: int) -> dict[str, Any]:
    """In the process of a life, what was asked of it; its parent tells its pid, then its exit code, and ends."""
    channel = socket.socket(fileno=answers)
    told = channel.makefile("rw")
    asked: dict[str, Any] = json.loads(told.readline())
    pid = os.fork()
    if pid:
        os.close(output)
        _tell(told, pid)
        _tell(told, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        os._exit(0)
    told.close()
    channel.close()
    _become(output, asked)
    return asked


def _tell(told: TextIO, number: int) -> None:
    """Nobody may listen any more."""
    with suppress(BrokenPipeError):
        print(number, file=told, flush=True)


def _become(output: int, asked: Mapping[str, Any]) -> None:
    """Leave everything of the zygote but what it has imported."""
    os.setsid()
    for source, target in ((os.open(os.devnull, os.O_RDONLY), 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.closerange(3, MOST_FILES)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])


def main() -> None:
    for module in sys.argv[1:]:
        import_module(module)
    gc.freeze()
    asked = _next_life(socket.socket(fileno=os.dup(0)))
    if asked is not None:
        if "coverage" in sys.modules:
            sys.modules["coverage"].process_startup()  # where the environment asks for it
        import_module("bot.__main__").program(asked["arguments"])


if __name__ == "__main__":
    main()
