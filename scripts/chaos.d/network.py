"""Hosts and what connects them: network namespaces where we may make them, else proxies on the loopback.

Both know the same faults: two hosts are parted (what one sends never arrives, nobody is told), a host's
connections are cut, a host's lines are slow.
"""

import asyncio
import contextlib
import os
import socket
import struct
import subprocess

HOSTS = ("a", "b", "db", "front", "load")


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Namespaces:
    """A network namespace for each host, on a bridge in the runner's own. All of them end with the runner."""

    name = "network namespaces"

    def __init__(self):
        os.makedirs("/run/netns", exist_ok=True)
        run("mount", "-t", "tmpfs", "tmpfs", "/run/netns")
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "br0", "type", "bridge")
        run("ip", "link", "set", "br0", "up")
        run("ip", "addr", "add", "10.77.0.254/24", "dev", "br0")
        self._delay = None
        for host in HOSTS:
            run("ip", "netns", "add", host)
            run("ip", "link", "add", "to-" + host, "type", "veth", "peer", "name", "eth0", "netns", host)
            run("ip", "link", "set", "to-" + host, "master", "br0", "up")
            run("ip", "-n", host, "link", "set", "lo", "up")
            run("ip", "-n", host, "link", "set", "eth0", "up")
            run("ip", "-n", host, "addr", "add", self.address(host) + "/24", "dev", "eth0")

    async def start(self):
        pass

    def address(self, host):
        return f"10.77.0.{HOSTS.index(host) + 1}"

    def port(self, host, port):
        """Every host has all ports to itself."""
        return port

    def reach(self, source, target, port):
        return self.address(target), port

    def command(self, host, command):
        """Ends as the command itself, with its process id."""
        return ["nsenter", f"--net=/run/netns/{host}", *command]

    def part(self, one, other):
        # Their packets go to a hardware address without an owner: they are lost silently.
        for source, target in ((one, other), (other, one)):
            run("ip", "-n", source, "neigh", "replace", self.address(target), "lladdr", "02:00:00:00:00:99",
                "dev", "eth0", "nud", "permanent")

    def join(self, one, other):
        for source, target in ((one, other), (other, one)):
            run("ip", "-n", source, "neigh", "del", self.address(target), "dev", "eth0")

    def cut(self, host):
        subprocess.run(self.command(host, ["ss", "-K", "-t", "state", "established"]), check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def slow(self, host):
        """With netem where the kernel has it, else by a narrow line on which packets wait."""
        netem = ["netem", "delay", "150ms", "50ms"]
        narrow = ["tbf", "rate", "400kbit", "burst", "5k", "latency", "400ms"]
        for kind in (netem, narrow):
            with contextlib.suppress(subprocess.CalledProcessError):
                run("tc", "-n", host, "qdisc", "replace", "dev", "eth0", "root", *kind)
                return

    def fast(self, host):
        run("tc", "-n", host, "qdisc", "del", "dev", "eth0", "root")

    def close(self):
        """The namespaces go with the last process in them."""


class Line:
    """From one host to a port of another: a proxy on the loopback."""

    def __init__(self, port, target):
        self.port = port
        self.target = target
        self.is_parted = asyncio.Event()
        self.may_pass = asyncio.Event()
        self.may_pass.set()
        self.delay = 0.0
        self.connections = set()

    async def start(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _serve(self, reader, writer):
        self.connections.add(writer)
        there = None
        try:
            await self.may_pass.wait()
            back, there = await asyncio.open_connection("127.0.0.1", self.target)
            self.connections.add(there)
            done, rest = await asyncio.wait(
                [asyncio.ensure_future(self._pump(reader, there)), asyncio.ensure_future(self._pump(back, writer))],
                return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
        except (OSError, asyncio.CancelledError):
            # At the end of the run all of them are cancelled.
            pass
        finally:
            for end in (writer, there):
                if end is not None:
                    self.connections.discard(end)
                    end.close()

    async def _pump(self, source, target):
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                await self.may_pass.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                target.write(data)
                await target.drain()

    def cut(self):
        for end in list(self.connections):
            with contextlib.suppress(OSError, AttributeError):
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()


class Lines:
    """All hosts are this machine, and one reaches another through a proxy that can be cut."""

    name = "cutting proxies on the loopback"

    def __init__(self):
        self._ports = {}
        self._lines = {}

    async def start(self):
        pass

    def address(self, host):
        return "127.0.0.1"

    def port(self, host, port):
        """One of this machine's that is free."""
        if (host, port) not in self._ports:
            self._ports[host, port] = free_port()
        return self._ports[host, port]

    def reach(self, source, target, port):
        real = self.port(target, port)
        if source == target:
            return "127.0.0.1", real
        if (source, target, port) not in self._lines:
            line = Line(free_port(), real)
            self._lines[source, target, port] = line
            asyncio.get_running_loop().create_task(line.start())
        return "127.0.0.1", self._lines[source, target, port].port

    def command(self, host, command):
        return command

    def _between(self, one, other):
        return [line for (source, target, _), line in self._lines.items() if {source, target} == {one, other}]

    def _of(self, host):
        return [line for (source, target, _), line in self._lines.items() if host in (source, target)]

    def part(self, one, other):
        for line in self._between(one, other):
            line.may_pass.clear()

    def join(self, one, other):
        for line in self._between(one, other):
            line.may_pass.set()

    def cut(self, host):
        for line in self._of(host):
            line.cut()

    def slow(self, host):
        for line in self._of(host):
            line.delay = 0.15

    def fast(self, host):
        for line in self._of(host):
            line.delay = 0.0

    def close(self):
        for line in self._lines.values():
            line.cut()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
