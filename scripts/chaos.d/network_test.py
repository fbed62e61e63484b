"""The faults of the network that is made of proxies; that of namespaces is the kernel's."""

import asyncio
import contextlib
import unittest

import network


async def echo(reader, writer):
    with contextlib.suppress(OSError, asyncio.CancelledError):
        while data := await reader.read(100):
            writer.write(data)
    writer.close()


class LinesTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.lines = network.Lines()
        self.server = await asyncio.start_server(echo, "127.0.0.1", self.lines.port("b", 80))
        self.reader, self.writer = await self.connect()
        await self.answers()

    async def asyncTearDown(self):
        self.writer.close()
        self.lines.close()
        self.server.close()

    async def connect(self):
        host, port = self.lines.reach("a", "b", 80)
        async with asyncio.timeout(5):
            while True:
                try:
                    return await asyncio.open_connection(host, port)
                except ConnectionRefusedError:
                    await asyncio.sleep(0.01)

    async def answers(self, seconds=5):
        self.writer.write(b"x")
        async with asyncio.timeout(seconds):
            return await self.reader.read(100)

    async def test_parted_hosts_hear_nothing_until_they_are_joined(self):
        self.lines.part("a", "b")
        with self.assertRaises(TimeoutError):
            await self.answers(0.2)
        self.lines.join("a", "b")
        async with asyncio.timeout(5):
            self.assertEqual(b"x", await self.reader.read(100))

    async def test_other_hosts_stay_connected(self):
        self.lines.part("b", "front")
        self.assertEqual(b"x", await self.answers())

    async def test_cut_connections_end_and_new_ones_are_made(self):
        self.lines.cut("b")
        with self.assertRaises(ConnectionError):
            if not await self.answers():
                raise ConnectionError
        self.reader, self.writer = await self.connect()
        self.assertEqual(b"x", await self.answers())


if __name__ == "__main__":
    unittest.main()
