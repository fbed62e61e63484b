"""publishers.py SETTINGS FOLDER: publishers over HTTP, with idempotency keys, that repeat until they are told.

One of them sends several events at once.
"""

import asyncio
import json
import os
import random
import signal
import sys

import records


class Publisher:
    def __init__(self, number, settings, recorder):
        self.random = random.Random(f'{settings["seed"]}-publisher-{number}')
        self.name = f"http-{number}"
        self.settings = settings
        self.recorder = recorder
        self.is_batch = number == 0
        self.sent = 0

    async def run(self, is_over):
        while not is_over.is_set():
            await asyncio.sleep(self.random.uniform(0.5, 1.5) * self.settings["pause"] * (3 if self.is_batch else 1))
            drafts = [self.draft() for _ in range(3 if self.is_batch else 1)]
            while drafts:
                drafts = await self.attempt(drafts)
                if drafts:
                    await asyncio.sleep(self.random.uniform(0.2, 1.0))

    def draft(self):
        self.sent += 1
        key = f"{self.name}-{self.sent}"
        channel = self.random.choice(self.settings["channels"])
        data = {"key": key, "channel": channel, "text": "ä%\u2028" * self.random.randint(0, 3)}
        skip = []
        if self.random.random() < 0.05:
            skip = [self.random.choice(self.settings["users"])]
            data["skip"] = skip
        text = json.dumps(data, ensure_ascii=False)
        self.recorder.write(self.name, "try", key=key, channel=channel, skip=skip)
        draft = {"channel": channel, "data": text, "idempotency_key": key}
        return {**draft, "skip_user_ids": skip} if skip else draft

    async def attempt(self, drafts):
        """The events that have to be sent again."""
        try:
            async with asyncio.timeout(10):
                if len(drafts) == 1:
                    status, answer = await self.post("/api/publish", drafts[0])
                    answers = [answer]
                else:
                    status, answers = await self.post("/api/batch", drafts)
        except (OSError, TimeoutError, ValueError, EOFError):
            return drafts
        if status != 200:
            if status in (400, 401, 403, 404, 413, 415):
                self.recorder.write(self.name, "refused", key=drafts[0]["idempotency_key"], why=f"{status} {answers}")
                return []
            if status == 500:
                self.recorder.write(self.name, "failed", key=drafts[0]["idempotency_key"], why=f"{status} {answers}")
            return drafts
        again = []
        for draft, told in zip(drafts, answers):
            if isinstance(told, dict) and "id" in told:
                self.recorder.write(self.name, "acked", key=draft["idempotency_key"], channel=told["channel"],
                                    id=told["id"], epoch=told["position"].rpartition(".:")[2])
            else:
                again.append(draft)
        return again

    async def post(self, path, body):
        host, port = self.settings["api"]
        text = json.dumps(body).encode()
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(
                (f"POST {path} HTTP/1.0\r\nHost: chaos\r\nX-API-Key: {self.settings['api_key']}\r\n"
                 f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n").encode() + text)
            head, _, rest = (await reader.read()).partition(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1]) if head else 0
            return status, json.loads(rest) if status == 200 else rest.decode(errors="replace")
        except IndexError as problem:
            raise ValueError("no HTTP answer") from problem
        finally:
            writer.transport.abort()


async def main():
    with open(sys.argv[1]) as file:
        settings = json.load(file)
    recorder = records.Recorder(os.path.join(sys.argv[2], "publisher-http.ndjson"))
    is_over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, is_over.set)
    async with asyncio.timeout(settings["seconds"]):
        await asyncio.gather(*(
            Publisher(n, settings, recorder).run(is_over) for n in range(settings["http_publishers"])
        ))


if __name__ == "__main__":
    asyncio.run(main())
