"""clients.py SETTINGS FOLDER NUMBER OF: one of several processes that hold streams as browsers do.

Each client comes back with the id that it saw last, whatever happened, and writes down what it gets.
"""

import asyncio
import json
import os
import random
import signal
import socket
import sys

import records

# With keep_alive: 5s a stream that is silent for this long is dead.
SILENCE = 20.0


class Stream(asyncio.Protocol):
    """One connection: reads the answer's head, then events."""

    def __init__(self, client):
        self.client = client
        self.buffer = b""
        self.is_open = False
        self.ended = asyncio.get_running_loop().create_future()
        self.heard_at = asyncio.get_running_loop().time()

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.heard_at = asyncio.get_running_loop().time()
        self.buffer += data
        if not self.is_open:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            status = head.split(b" ", 2)[1]
            if status != b"200":
                self.end("status " + status.decode())
                return
            self.is_open = True
            self.buffer = rest
        *events, self.buffer = self.buffer.split(b"\n\n")
        found = [event for event in map(parse, events) if event]
        if found:
            self.client.got(found, self)

    def connection_lost(self, problem):
        self.end(f"lost {problem}" if problem else "ended")

    def end(self, why):
        if not self.ended.done():
            self.ended.set_result(why)
            self.transport.close()


def parse(block):
    """(event, id or None, data), as the standard says; None if there is nothing in it."""
    event, id_, data = "message", None, []
    for line in block.decode().split("\n"):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            event = value
        elif name == "id":
            id_ = value
        elif name == "data":
            data.append(value)
    return (event, id_, "\n".join(data)) if data or event != "message" else None


class Client:
    def __init__(self, number, settings, recorder):
        self.random = random.Random(f'{settings["seed"]}-client-{number}')
        self.name = f"client-{number}"
        self.settings = settings
        self.recorder = recorder
        self.mode = ("proxied", "direct")[number % 2]
        # Some are anonymous: streams with nothing personal share what the proxy asks.
        self.user = settings["users"][number % len(settings["users"])] if number % 3 else None
        self.channels = sorted(self.random.sample(settings["channels"], self.random.randint(1, 5)))
        self.kind = self.random.choice(["steady", "steady", "slow", "leaving"])
        self.last_id = None
        self.is_over = False

    async def run(self, is_quiet):
        """Until it is cancelled; they do not all come at once."""
        await asyncio.sleep(self.random.uniform(0, self.settings["arrival"]))
        while True:
            # In the quiet minute at the end nobody leaves any more.
            leaves = self.kind == "leaving" and not is_quiet.is_set()
            why = await self.stream(self.random.uniform(5, 40) if leaves else self.settings["seconds"])
            self.recorder.write(self.name, "closed", why=why)
            away = self.random.uniform(0.3, 1.5)
            if why == "left":
                away = self.random.uniform(1, 3 if is_quiet.is_set() else 30)
            elif self.is_over:
                # A refused client tries again, as a stubborn user does.
                away = self.random.uniform(4, 8)
            await asyncio.sleep(away)

    async def stream(self, seconds):
        """One connection, for at most this time; returns the reason of its end."""
        loop = asyncio.get_running_loop()
        host, port = self.settings["streams"][self.mode]
        path = "/events?" + "&".join("channel=" + name for name in self.channels)
        head = [f"GET {path} HTTP/1.0", "Host: chaos", "Accept: text/event-stream"]
        if self.user is not None:
            head.append("Authorization: Bearer " + self.settings["users_tokens"][self.user])
        if self.last_id is not None:
            head.append("Last-Event-ID: " + self.last_id)
        self.recorder.write(self.name, "open", mode=self.mode, user=self.user, channels=self.channels,
                            after=self.last_id)
        try:
            async with asyncio.timeout(5):
                sock = socket.socket()
                sock.setblocking(False)
                if self.kind == "slow":
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                try:
                    await loop.sock_connect(sock, (host, port))
                except BaseException:
                    sock.close()
                    raise
                transport, stream = await loop.create_connection(lambda: Stream(self), sock=sock)
        except (OSError, TimeoutError) as problem:
            return f"not connected: {problem}"
        try:
            transport.write(("\r\n".join(head) + "\r\n\r\n").encode())
            return await self.hold(stream, loop.time() + seconds, loop)
        finally:
            transport.abort()

    async def hold(self, stream, until, loop):
        dawdles_at = loop.time() + self.random.uniform(2, 10)
        while True:
            left = until - loop.time()
            if left <= 0:
                return "left"
            done, _ = await asyncio.wait([stream.ended], timeout=min(1.0, left))
            if done:
                return stream.ended.result()
            if loop.time() - stream.heard_at > SILENCE:
                return "silent"
            if self.kind == "slow" and loop.time() > dawdles_at:
                stream.transport.pause_reading()
                paused_at = loop.time()
                await asyncio.sleep(self.random.uniform(1, 5))
                if not stream.transport.is_closing():
                    stream.transport.resume_reading()
                # Only the time in which it reads: else it would never notice that nothing comes.
                stream.heard_at += loop.time() - paused_at
                dawdles_at = loop.time() + self.random.uniform(5, 20)

    def got(self, events, stream):
        lines = []
        for event, id_, data in events:
            if event == "keep-alive":
                continue
            if event == "stream-error":
                lines.append((self.name, "error", {"data": data}))
                self.is_over = '"forbidden"' in data
                stream.end("error")
                continue
            if event == "stream-open":
                lines.append((self.name, "opened", {"id": id_ or ""}))
            elif event == "stream-reset":
                lines.append((self.name, "reset", {"id": id_ or "", "data": data}))
            else:
                lines.append((self.name, "event", {"id": id_ or "", "type": event, "data": data}))
            if id_:
                self.last_id = id_
        if lines:
            self.recorder.lines(lines)


async def main():
    with open(sys.argv[1]) as file:
        settings = json.load(file)
    folder, number, of = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    recorder = records.Recorder(os.path.join(folder, f"client-{number}.ndjson"))
    loop = asyncio.get_running_loop()
    is_quiet, is_over = asyncio.Event(), asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, is_quiet.set)
    loop.add_signal_handler(signal.SIGTERM, is_over.set)
    clients = [
        asyncio.create_task(Client(n, settings, recorder).run(is_quiet)) for n in range(number, settings["clients"], of)
    ]
    over = asyncio.create_task(is_over.wait())
    # A client that ends is a mistake of ours, and is told.
    done, _ = await asyncio.wait([over, *clients], timeout=settings["seconds"], return_when=asyncio.FIRST_COMPLETED)
    for task in clients:
        task.cancel()
    for task in done - {over}:
        task.result()


if __name__ == "__main__":
    asyncio.run(main())
