"""The runner: starts two hosts with an instance and a Pushpin each, a database, nginx, clients and publishers,
makes faults by a seeded plan, waits until all has recovered, and lets the checker judge.

Started by scripts/chaos, which gives it namespaces of its own where it may.
"""

import argparse
import asyncio
import base64
import contextlib
import ctypes
import hashlib
import hmac
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request

import checker
import network
import pushpin
import records

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.join(TOP, "scripts", "chaos.d")
FAST_TTL = 20  # seconds for which the channels with a short history keep an event
MOST_CLOCK = 1800  # seconds by which a host's clock is set ahead or back, at most
QUIET = 75  # seconds without faults at the end
SETTLE = 15  # of these, the last ones after the last event
FAULTS = ("kill", "terminate", "freeze", "part", "cut", "slow", "database", "disk full", "clock", "upgrade")
MOST_RESTORES = 12  # in a run, and one in five minutes: meanwhile little else can be broken


class Failure(Exception):
    """The run cannot go on, and is no proof of anything."""


def die_with_parent():
    """What the runner started ends with it, even if it is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Server:
    """A process that is started again, a moment after it ended, as an operator's supervisor does."""

    def __init__(self, run, name, host, command, environment=None, as_postgres=False):
        self.run = run
        self.name = name
        self.host = host
        self.make_command = command
        self.environment = environment or {}
        self.as_postgres = as_postgres
        self.process = None
        self.incarnation = 0
        self.is_wanted = True
        self.pause = 1.0
        self.watch = None
        self.is_told_to_end = False
        self.began = 0.0

    def start(self):
        self.incarnation += 1
        self.is_told_to_end = False
        self.began = time.monotonic()
        command = self.make_command() if callable(self.make_command) else self.make_command
        if self.as_postgres and os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        command = self.run.net.command(self.host, command)
        clean = {k: v for k, v in os.environ.items() if not k.startswith("GRIP")}
        log = open(os.path.join(self.run.logs, self.name + ".log"), "ab")
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=die_with_parent, env={**clean, **self.environment}, cwd=self.run.work)
        log.close()
        if self.watch is None:
            self.watch = asyncio.create_task(self.supervise())

    async def supervise(self):
        while self.is_wanted:
            if self.process.poll() is not None:
                if not self.is_told_to_end:
                    self.run.has_ended(self.name, time.monotonic() - self.began)
                self.kill_rest()
                await asyncio.sleep(self.pause)
                self.pause = 1.0
                if self.is_wanted:
                    self.start()
            await asyncio.sleep(0.2)

    def pids(self):
        """All processes of its session."""
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError, IndexError, ValueError), open(f"/proc/{entry}/stat") as file:
                    fields = file.read().rpartition(")")[2].split()
                    if int(fields[3]) == self.process.pid and fields[0] != "Z":
                        found.append(int(entry))
        return found

    def signal(self, number, pids=None):
        self.is_told_to_end |= number == signal.SIGKILL
        for pid in self.pids() if pids is None else pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def ask_to_end(self):
        self.is_told_to_end = True
        with contextlib.suppress(ProcessLookupError):
            # A smart shutdown of PostgreSQL would wait for its clients.
            self.process.send_signal(signal.SIGINT if self.as_postgres else signal.SIGTERM)

    def kill_rest(self):
        self.signal(signal.SIGKILL)

    async def stop(self):
        """Until it is wanted again: asked first, and not asked any more after 15 s."""
        self.is_wanted = False
        if self.process is None:
            return
        if self.watch is not None:
            self.watch.cancel()
            self.watch = None
        self.signal(signal.SIGCONT)
        self.ask_to_end()
        for _ in range(150):
            if self.process.poll() is not None:
                break
            await asyncio.sleep(0.1)
        self.kill_rest()
        self.process.wait()

    def want(self):
        """Starts it after it was stopped."""
        self.is_wanted = True
        self.start()


class Run:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(f"{options.seed}-faults")
        self.is_namespaced = os.environ.get("CHAOS_NAMESPACES") == "1"
        self.work = options.work
        self.folder = os.path.join(TOP, "target", "chaos", options.store)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.logs = os.path.join(self.folder, "logs")
        os.makedirs(self.logs)
        self.recorder = records.Recorder(os.path.join(self.folder, "runner.ndjson"))
        if self.is_namespaced:
            network.run("mount", "-t", "tmpfs", "-o", "size=1g,mode=755", "tmpfs", self.work)
        self.net = network.Namespaces() if self.is_namespaced else network.Lines()
        self.disk = os.path.join(self.work, "disk")
        os.mkdir(self.disk)
        if self.is_namespaced:
            network.run("mount", "-t", "tmpfs", "-o", "size=400m,mode=777", "tmpfs", self.disk)
        self.api_key = secret("api")
        self.sig_key = secret("sig")
        self.token_secret = secret("token") + secret("more")
        self.servers = {}
        self.one_shots = []
        self.busy = set()
        self.parted = set()
        self.instances = ["a"] if options.store == "sqlite" else ["a", "b"]
        self.faults = []
        self.clock_files = {}
        self.jars = {}
        self.shut_out = []
        self.backups = 0
        self.planning = asyncio.Lock()

    # Addresses.

    def url(self, source, host, port):
        return "http://{}:{}".format(*self.net.reach(source, host, port))

    def database_url(self, host):
        if self.options.store == "sqlite":
            return "jdbc:sqlite:" + os.path.join(self.disk, "events.db")
        address, port = self.net.reach(host, "db", 5432)
        if self.options.store == "redis":
            return f"redis://{address}:{port}/0"
        return f"jdbc:postgresql://{address}:{port}/postgres?user=postgres"

    # Started processes.

    async def start(self):
        await self.net.start()
        self.start_database()
        await self.until_database()
        self.old_jar()
        for host in self.instances:
            self.start_instance(host)
        for host in ("a", "b"):
            self.start_pushpin(host)
        self.start_nginx()
        for host in self.instances:
            await self.until_ready(host)
        self.recorder.write("runner", "epoch", epoch=await self.epoch())
        await self.until_streams()

    def add(self, server):
        self.servers[server.name] = server
        server.start()
        return server

    def start_database(self):
        store = self.options.store
        address, port = self.net.address("db"), self.net.port("db", 5432)
        folder = os.path.join(self.disk, "data")
        if store == "redis":
            os.mkdir(folder)
            self.add(Server(self, "database", "db", [
                "redis-server", "--port", str(port), "--bind", address, "--dir", folder, "--protected-mode", "no",
                "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no"]))
        elif store == "postgres":
            programs = newest_postgres()
            os.mkdir(folder, 0o700)
            as_postgres = []
            if os.geteuid() == 0:
                shutil.chown(folder, "postgres", "postgres")
                as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            network.run(*as_postgres, programs + "/initdb", "-D", folder, "-U", "postgres", "-A", "trust",
                        "-E", "UTF8", "--locale=C", "--no-sync")
            with open(folder + "/pg_hba.conf", "a") as file:
                file.write("host all all 10.77.0.0/24 trust\n")
            # Keep-alives: a connection to a host that is away is given up as in docs/storage.md.
            self.add(Server(self, "database", "db", [
                programs + "/postgres", "-D", folder, "-p", str(port), "-c", "listen_addresses=" + address,
                "-c", "unix_socket_directories=", "-c", "max_connections=100", "-c", "shared_buffers=32MB",
                "-c", "max_wal_size=96MB", "-c", "min_wal_size=32MB", "-c", "tcp_keepalives_idle=5",
                "-c", "tcp_keepalives_interval=2", "-c", "tcp_keepalives_count=3"], as_postgres=True))

    async def until_database(self):
        if self.options.store == "sqlite":
            return
        address, port = self.net.address("db"), self.net.port("db", 5432)
        for _ in range(300):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(address, port)
                writer.close()
                return
            await asyncio.sleep(0.1)
        raise Failure("the database does not start: " + self.tail("database"))

    def old_jar(self):
        new = os.path.join(TOP, "app", "target", "gripstream.jar")
        old = self.options.upgrade_from or new
        # Of its own: a build beside this run would take it away.
        self.jar_new = os.path.join(self.work, "new.jar")
        self.jar_old = os.path.join(self.work, "old.jar")
        shutil.copy(new, self.jar_new)
        shutil.copy(old, self.jar_old)
        self.jars = {host: self.jar_old for host in self.instances}

    def start_instance(self, host):
        port = self.net.port(host, 8080)
        environment = {
            "DATABASE_URL": self.database_url(host),
            "PORT": str(port),
            "GRIPSTREAM_HOST": self.net.address(host),
            "GRIPSTREAM_API_KEYS": self.api_key,
            "GRIPSTREAM_TOKEN_SECRET": self.token_secret,
            "GRIPSTREAM_KEEP_ALIVE": "5s",
            "GRIPSTREAM_NEW_CHANNEL_LIMIT": "0",
            "GRIPSTREAM_LOG_ACCESS": "false",
            "GRIPSTREAM_CHANNEL_RULES": json.dumps([
                {"channels": "brief*", "anonymous": True, "history_ttl": f"{FAST_TTL}s"},
                {"channels": "*", "anonymous": True}]),
            "GRIPSTREAM_PROXIES": json.dumps([
                {"control_uri": self.url(host, proxy, 5561), "verify_iss": "pushpin", "verify_key": self.sig_key,
                 "public_url": self.url(host, proxy, 7999)} for proxy in ("a", "b")]),
        }
        environment.update(self.clock_environment(host))
        self.add(Server(self, "instance-" + host, host, lambda: [
            "java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError",
            "-jar", self.jars[host], "serve"], environment))

    def clock_environment(self, host):
        """So that a process has that host's clock."""
        library = self.clock_library()
        if not library:
            return {}
        if host not in self.clock_files:
            self.clock_files[host] = os.path.join(self.work, "clock-" + host)
            with open(self.clock_files[host], "wb") as file:
                file.write(bytes(8))
        return {"LD_PRELOAD": library, "CHAOS_CLOCK": self.clock_files[host]}

    def clock_library(self):
        """None without a compiler: then no clock is changed."""
        library = os.path.join(self.work, "clock.so")
        if not os.path.exists(library):
            if not shutil.which("gcc"):
                return None
            network.run("gcc", "-O2", "-shared", "-fPIC", "-o", library, HERE + "/clock.c", "-ldl")
        return library

    def set_clock(self, host, seconds):
        # In place: the process sees the file as a part of its memory.
        with open(self.clock_files[host], "r+b") as file:
            file.write(struct.pack("l", seconds))

    def start_pushpin(self, host):
        version = self.options.pushpins[host]
        program = self.options.pushpin_programs[version]
        folder = os.path.join(self.work, "p" + host)
        os.mkdir(folder)
        address = self.net.address(host)
        values = {
            "ipc_prefix": f"chaos-{host}-", "http_port": f'{address}:{self.net.port(host, 7999)}',
            "push_in_http_addr": address, "push_in_http_port": self.net.port(host, 5561), "sig_key": self.sig_key,
            # Each question and the length of its answer: without them nobody finds out why a stream lacks an event.
            "log_level": "2",
        }
        order = sorted(self.instances, key=lambda other: other != host)
        targets = ["{}:{}".format(*self.net.reach(host, other, 8080)) for other in order]
        command = pushpin.configure(version, program, folder, values, targets)
        self.add(Server(self, "pushpin-" + host, host, [*command, "--merge-output"]))

    def start_nginx(self):
        folder = os.path.join(self.work, "nginx")
        os.mkdir(folder)
        address = self.net.address("front")

        def upstream(name, hosts, port):
            servers = "".join(
                "    server {}:{} max_fails=0;\n".format(*self.net.reach("front", host, port))
                for host in hosts)
            return f"  upstream {name} {{\n{servers}  }}\n"

        text = (
            ("user root;\n" if os.geteuid() == 0 else "")
            + f"daemon off;\nworker_processes 1;\npid {folder}/pid;\nerror_log stderr warn;\n"
            + "worker_rlimit_nofile 20000;\nevents { worker_connections 8000; }\nhttp {\n  access_log off;\n"
            + "".join(f"  {kind}_temp_path {folder}/{kind};\n"
                      for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            + upstream("pushpins", ("a", "b"), 7999) + upstream("instances", self.instances, 8080))
        for port, name in ((8000, "pushpins"), (8001, "instances")):
            text += (
                f"  server {{\n    listen {address}:{self.net.port('front', port)};\n    location / {{\n"
                f"      proxy_pass http://{name};\n      proxy_http_version 1.1;\n"
                "      proxy_set_header Connection \"\";\n      proxy_set_header Host $host;\n"
                "      proxy_set_header X-Forwarded-For $remote_addr;\n      proxy_buffering off;\n"
                "      proxy_read_timeout 30s;\n      proxy_connect_timeout 2s;\n"
                "      proxy_next_upstream error timeout http_502;\n    }\n  }\n")
        text += "}\n"
        with open(folder + "/nginx.conf", "w") as file:
            file.write(text)
        self.add(Server(self, "nginx", "front", [shutil.which("nginx") or "/usr/sbin/nginx", "-c",
                                                 folder + "/nginx.conf", "-p", folder]))

    async def get(self, url, key=None, body=None, seconds=5):
        """(status, JSON or text); 0 without an answer."""
        def ask():
            request = urllib.request.Request(url, data=None if body is None else json.dumps(body).encode())
            if key:
                request.add_header("X-API-Key", key)
            if body is not None:
                request.add_header("Content-Type", "application/json")
            try:
                with urllib.request.urlopen(request, timeout=seconds) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as problem:
                return problem.code, problem.read().decode(errors="replace")
            except (OSError, ValueError):
                return 0, ""
        return await asyncio.to_thread(ask)

    def direct(self, host, path):
        return f"http://{self.net.address(host)}:{self.net.port(host, 8080)}{path}"

    async def until_ready(self, host, seconds=90):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status, _ = await self.get(self.direct(host, "/health/ready"))
            if status == 200:
                return
            await asyncio.sleep(0.3)
        raise Failure(f"instance {host} does not start: " + self.tail("instance-" + host))

    async def until_streams(self):
        """Both Pushpins hold a stream."""
        for host in ("a", "b"):
            for _ in range(100):
                try:
                    reader, writer = await asyncio.open_connection(self.net.address(host), self.net.port(host, 7999))
                    writer.write(b"GET /events?channel=ready HTTP/1.1\r\nHost: chaos\r\n\r\n")
                    async with asyncio.timeout(3):
                        head = await reader.readuntil(b"stream-open")
                    writer.close()
                    if b"200" in head.split(b"\r\n", 1)[0]:
                        break
                except (OSError, TimeoutError, asyncio.IncompleteReadError):
                    pass
                await asyncio.sleep(0.3)
            else:
                raise Failure("no stream through Pushpin: " + self.tail("pushpin-" + host))

    def tail(self, name):
        with open(os.path.join(self.logs, name + ".log"), errors="replace") as file:
            return "".join(file.readlines()[-5:])

    # Clients and publishers.

    def start_load(self):
        options = self.options
        # Every third client is anonymous: with a number that three divides, every third user would have no client.
        users = [f"user-{n}" for n in range(options.clients // 12 * 3 + 4)]
        channels = [f"c{n}" for n in range(16)] + [f"brief{n}" for n in range(4)]
        self.users = users
        self.channels = channels
        in_transactions = 0 if options.store == "redis" else 2
        by_library = 4 - in_transactions
        pause = 8 / options.rate
        # They are told when it is over; a fault may take longer than planned.
        seconds = options.minutes * 60 + 240
        settings = {
            "seed": options.seed, "clients": options.clients, "users": users, "channels": channels,
            "ttl": {name: FAST_TTL for name in channels if name.startswith("brief")},
            "users_tokens": {user: self.token(user) for user in users},
            "streams": {"proxied": self.net.reach("load", "front", 8000),
                        "direct": self.net.reach("load", "front", 8001)},
            "api": self.net.reach("load", "front", 8001), "api_key": self.api_key,
            "arrival": 10, "seconds": seconds,
            "http_publishers": 4, "pause": pause,
        }
        path = os.path.join(self.work, "settings.json")
        with open(path, "w") as file:
            json.dump(settings, file)
        public = {k: settings[k] for k in ("seed", "ttl")}
        self.recorder.write(
            "runner", "settings", **public, store=options.store, minutes=options.minutes,
            events_per_second=options.rate, pushpins=options.pushpins, instances=len(self.instances),
            network=self.net.name, machine=machine(), disk_full=self.is_namespaced, upgrade=options.upgrade_text,
            publishers={"http": 4, "library": by_library, "transactions": in_transactions})
        of = 1 + options.clients // 300
        self.clients = []
        python = sys.executable
        for number in range(of):
            self.clients.append(self.one_shot(
                f"clients-{number}", [python, HERE + "/clients.py", path, self.folder, str(number), str(of)]))
        self.publishers = self.one_shot("publishers", [python, HERE + "/publishers.py", path, self.folder])
        self.one_shots += [*self.clients, self.publishers]
        classes = os.path.join(self.work, "classes")
        network.run("javac", "-cp", self.jar_new, "-d", classes, HERE + "/ChaosPublisher.java")
        environment = {
            "DATABASE_URL": self.database_url("load"),
            "GRIP_URL": " ".join(self.url("load", host, 5561) for host in ("a", "b")),
            # By the machine's own clock, whatever theirs says.
            "CHAOS_BOOTED": repr(records.BOOTED),
        }
        if options.store == "sqlite":
            # All that write the file are one machine's, with one clock.
            environment.update(self.clock_environment("a"))
        for number in range(4):
            kind = "transaction" if number < in_transactions else "send"
            name = f"{kind}-{number}"

            def command(name=name, kind=kind):
                server = self.servers.get(name)
                incarnation = server.incarnation if server else 1
                return ["java", "-Xmx96m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                        self.jar_new + ":" + classes, "ChaosPublisher", f"{name}-{incarnation}", kind,
                        f"{self.folder}/publisher-{name}-{incarnation}.ndjson", str(int(pause * 1000)),
                        ",".join(channels), str(FAST_TTL)]
            self.add(Server(self, name, "load", command, environment))
        self.library_publishers = [name for name in self.servers if name.startswith(("send", "transaction"))]

    def one_shot(self, name, command):
        log = open(os.path.join(self.logs, name + ".log"), "ab")
        process = subprocess.Popen(self.net.command("load", command), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True, preexec_fn=die_with_parent)
        log.close()
        return name, process

    def token(self, user):
        def part(value):
            return base64.urlsafe_b64encode(value).rstrip(b"=")
        claims = {"sub": user, "exp": int(time.time()) + 86400, "subscribe": ["*"]}
        text = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(claims).encode())
        return (text + b"." + part(hmac.new(self.token_secret.encode(), text, hashlib.sha256).digest())).decode()

    # Faults.

    async def make_faults(self, until):
        running, turn, plan = set(), [], self.plan_of_restores(until)
        while time.monotonic() < until:
            await asyncio.sleep(self.random.uniform(1, 6))
            done = {task for task in running if task.done()}
            for task in done:
                task.result()
            running -= done
            if plan and time.monotonic() > plan[0][0]:
                running.add(asyncio.create_task(self.planned(plan.pop(0)[1], until)))
            elif len(running) < 2 and time.monotonic() < until:
                if not turn:
                    # Each kind has its turn before one comes again.
                    turn = self.kinds()
                    self.random.shuffle(turn)
                kind = turn.pop()
                running.add(asyncio.create_task(self.fault(kind, until)))
        for task in running:
            await task

    def plan_of_restores(self, until):
        """(when, what): in each part of the run a backup, and later it is put back."""
        began = time.monotonic()
        count = max(1, min(MOST_RESTORES, int(self.options.minutes // 5)))
        part = (until - began) / count
        plan = []
        for number in range(count):
            for step, earliest, latest in (("backup", 0.05, 0.4), ("restore", 0.5, 0.75)):
                plan.append((began + part * (number + self.random.uniform(earliest, latest)), step))
        return plan

    def kinds(self):
        kinds = list(FAULTS)
        if not self.is_namespaced:
            kinds.remove("disk full")
        if not self.clock_files:
            kinds.remove("clock")
        if self.options.store == "sqlite":
            kinds.remove("database")
        return kinds

    def free(self, names):
        """One that no other fault has in its hands."""
        names = [name for name in names if name not in self.busy]
        return self.random.choice(names) if names else None

    async def fault(self, kind, until):
        everything = [name for name in self.servers if name != "database"]
        hosts = [host for host in network.HOSTS if host != "db" or self.options.store != "sqlite"]
        pairs = [p for p in ("a b", "a db", "b db", "front a", "front b", "load db")
                 if set(p.split()) <= set(hosts)]
        targets = {
            "kill": everything, "terminate": everything, "freeze": everything, "part": pairs,
            "cut": hosts, "slow": hosts, "database": ["database"], "disk full": ["disk"],
            "clock": ["clock-" + host for host in self.clock_files], "upgrade": ["upgrade"],
        }
        target = self.free(targets[kind])
        if target is None or (kind == "upgrade" and any("instance-" + h in self.busy for h in self.instances)):
            return
        hands = {target} if kind != "upgrade" else {target, *("instance-" + h for h in self.instances)}
        if kind == "disk full":
            hands.add("database")
        if kind == "slow":
            hands.add("slow")
        self.busy |= hands
        await self.broken(kind, target, hands, until)

    async def planned(self, step, until):
        """A backup or a restore. What it needs, no other fault may have in its hands; that leaves the proxies."""
        hands = {"database", "disk", "db", "a db", "b db", "load db"}
        if step == "restore":
            hands |= {"upgrade", "load", *self.library_publishers}
            hands |= {kind + host for kind in ("", "instance-", "clock-") for host in self.instances}
        async with self.planning:
            taken = set()
            while taken != hands:
                taken |= hands - self.busy
                self.busy |= taken
                await asyncio.sleep(0.2)
            if step == "restore":
                await self.broken(step, "database", hands, until)
                return
            try:
                await self.back_up()
            finally:
                self.busy -= hands

    async def broken(self, kind, target, hands, until):
        since, detail = records.now(), ""
        seconds = min(self.random.uniform(0.5, 12), max(0.5, until - time.monotonic()))
        try:
            print(f"{self.clock()} {kind}: {target}, {seconds:.1f} s", flush=True)
            detail = await getattr(self, "make_" + kind.replace(" ", "_"))(target, seconds)
            await self.until_up()
        finally:
            self.busy -= hands
            self.recorder.write("runner", "fault", kind=kind, what=target, detail=detail or "", until=records.now(),
                                began=since)
            self.faults.append(kind)

    def has_ended(self, name, seconds):
        """Nobody told this server to."""
        print(f"{self.clock()} {name} has ended by itself after {seconds:.0f} s", flush=True)
        self.recorder.write("runner", "ended", what=name, after=round(seconds, 1))

    def clock(self):
        return f"{time.monotonic() - self.began:6.1f} s"

    async def until_up(self):
        """A fault has ended when all servers run again."""
        for _ in range(200):
            if all(server.process.poll() is None for server in self.servers.values() if server.is_wanted):
                break
            await asyncio.sleep(0.2)

    async def ended(self, server, process, seconds=20):
        """Waits for the end of this process, and ends it if it does not end."""
        for _ in range(int(seconds * 10)):
            if process.poll() is not None:
                return
            await asyncio.sleep(0.1)
        process.kill()

    async def make_kill(self, target, seconds):
        server = self.servers[target]
        server.pause = seconds
        process, pids = server.process, server.pids()
        # All of it at once, or one process of several.
        some = pids if self.random.random() < 0.6 else [self.random.choice(pids)] if pids else []
        server.signal(signal.SIGKILL, some)
        await self.ended(server, process)
        await asyncio.sleep(seconds)
        return f"{len(some)} of {len(pids)} processes"

    async def make_terminate(self, target, seconds):
        server = self.servers[target]
        server.pause = seconds
        process = server.process
        server.ask_to_end()
        await self.ended(server, process, 30)
        await asyncio.sleep(seconds)

    async def make_freeze(self, target, seconds):
        server = self.servers[target]
        pids = server.pids()
        server.signal(signal.SIGSTOP, pids)
        await asyncio.sleep(seconds)
        server.signal(signal.SIGCONT, pids)

    async def make_part(self, target, seconds):
        one, other = target.split()
        self.net.part(one, other)
        await asyncio.sleep(seconds)
        self.net.join(one, other)

    async def make_cut(self, target, seconds):
        self.net.cut(target)

    async def make_slow(self, target, seconds):
        self.net.slow(target)
        await asyncio.sleep(seconds)
        self.net.fast(target)

    async def make_database(self, target, seconds):
        how = self.random.choice(["kill", "stop", "freeze"])
        if how == "freeze":
            await self.make_freeze(target, seconds)
            return how
        server = self.servers[target]
        server.pause = min(seconds, 5)
        process = server.process
        if how == "kill":
            server.signal(signal.SIGKILL)
        else:
            server.ask_to_end()
        await self.ended(server, process)
        await asyncio.sleep(server.pause)
        return how

    async def make_disk_full(self, target, seconds):
        filler = os.path.join(self.disk, "filler")
        size = os.statvfs(self.disk)
        with contextlib.suppress(OSError), open(filler, "wb") as file:
            for _ in range(size.f_bavail * size.f_frsize // 65536 + 2):
                file.write(bytes(65536))
        await asyncio.sleep(seconds)
        os.remove(filler)

    async def make_clock(self, target, seconds):
        host = target.removeprefix("clock-")
        offset = self.random.choice([-1, 1]) * self.random.choice([20, 120, MOST_CLOCK])
        self.set_clock(host, offset)
        await asyncio.sleep(seconds)
        self.set_clock(host, 0)
        return f"{offset:+d} s"

    async def make_upgrade(self, target, seconds):
        """One after the other; the next time back again, so that each meets the other's data."""
        for host in self.instances:
            jar = self.jar_new if self.jars[host] == self.jar_old else self.jar_old
            self.jars[host] = jar
            server = self.servers["instance-" + host]
            process = server.process
            server.ask_to_end()
            await self.ended(server, process, 30)
            with contextlib.suppress(Failure):
                await self.until_ready(host, 20)
        return "to the newer one" if self.jars["a"] == self.jar_new else "back to the older one"

    # Backups, as docs/storage.md says.

    async def back_up(self):
        """While all runs."""
        self.backups += 1
        began = records.now()
        print(f"{self.clock()} backup {self.backups}", flush=True)
        await getattr(self, "back_up_" + self.options.store)(os.path.join(self.work, f"backup-{self.backups}"))
        self.recorder.write("runner", "backup", number=self.backups, began=began)

    async def make_restore(self, target, seconds):
        """As an operator does it: with all servers and publishers stopped. An earlier Redis may also come back while
        they run: they notice it, and say that they have to be started again."""
        began = records.now()
        how = self.random.choice(["stopped", "killed"] + ["running"] * (self.options.store == "redis"))
        instances = [self.servers["instance-" + host] for host in self.instances]
        publishers = [self.servers[name] for name in self.library_publishers]
        servers = instances + publishers
        put_back = getattr(self, "put_back_" + self.options.store)
        path = os.path.join(self.work, f"backup-{self.backups}")
        if how == "running":
            # One that still starts finds nothing to notice.
            for host in self.instances:
                await self.until_ready(host, 240)
            read = {host: len(self.log(host)) for host in self.instances}
            await put_back(path)
            await self.until_noticed(read)
        if how == "killed":
            for server in servers:
                server.kill_rest()
        await asyncio.gather(*(server.stop() for server in servers))
        if how != "running":
            await put_back(path)
            host = self.instances[0]
            await self.step(host, "java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-jar", self.jars[host], "migrate",
                            "--restored", environment={"DATABASE_URL": self.database_url(host)})
        until = records.now()
        for server in instances:
            server.want()
        # On a busy machine a start takes long.
        for host in self.instances:
            await self.until_ready(host, 240)
        for server in publishers:
            server.want()
        self.recorder.write("runner", "restored", backup=self.backups, began=began, until=until,
                            epoch=await self.epoch())
        # The backup may lack some of them.
        for user in list(self.shut_out):
            if not await self.shut_out_now(user, time.monotonic() + 60):
                raise Failure(f"{user} cannot be shut out again after a restore")
        # Memory is what they lie in.
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        return f"backup {self.backups}, servers {how}"

    def log(self, host):
        with open(os.path.join(self.logs, f"instance-{host}.log"), "rb") as file:
            return file.read()

    async def until_noticed(self, read):
        for _ in range(150):
            if all(b"start this process again" in self.log(host)[end:] for host, end in read.items()):
                return
            await asyncio.sleep(0.2)
        raise Failure("instances do not notice that Redis came back without events")

    async def back_up_sqlite(self, path):
        await asyncio.to_thread(copy_sqlite, os.path.join(self.disk, "events.db"), path)

    async def put_back_sqlite(self, path):
        file = os.path.join(self.disk, "events.db")
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(file + end)
        shutil.copy(path, file)

    async def back_up_postgres(self, path):
        await self.postgres("pg_dump", "--format=custom", "--file=" + path, "postgres")

    async def put_back_postgres(self, path):
        await self.postgres("dropdb", "--maintenance-db=template1", "--force", "postgres")
        await self.postgres("createdb", "--maintenance-db=template1", "--encoding=UTF8", "--template=template0",
                            "postgres")
        await self.postgres("pg_restore", "--exit-on-error", "--dbname=postgres", path)

    async def postgres(self, program, *more):
        await self.step("db", f"{newest_postgres()}/{program}", "-h", self.net.address("db"), "-p",
                        str(self.net.port("db", 5432)), "-U", "postgres", *more)

    async def back_up_redis(self, path):
        # No file goes away meanwhile.
        await self.redis("CONFIG", "SET", "auto-aof-rewrite-percentage", "0")
        for _ in range(100):
            if "aof_rewrite_in_progress:0" in await self.redis("INFO", "persistence"):
                break
            await asyncio.sleep(0.2)
        else:
            raise Failure("Redis does not end to rewrite its append-only file")
        await asyncio.to_thread(shutil.copytree, os.path.join(self.disk, "data", "appendonlydir"), path)
        await self.redis("CONFIG", "SET", "auto-aof-rewrite-percentage", "100")

    async def put_back_redis(self, path):
        server, folder = self.servers["database"], os.path.join(self.disk, "data", "appendonlydir")
        await server.stop()
        shutil.rmtree(folder)
        shutil.copytree(path, folder)
        server.want()
        for _ in range(100):
            with contextlib.suppress(Failure):
                if "PONG" in await self.redis("PING"):
                    return
            await asyncio.sleep(0.2)
        raise Failure("Redis does not start with a backup: " + self.tail("database"))

    async def redis(self, *command):
        return await self.step("db", "redis-cli", "-h", self.net.address("db"), "-p", str(self.net.port("db", 5432)),
                               *command)

    async def step(self, host, *command, environment=None, seconds=90):
        """What the command prints; it has to succeed."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("GRIP")}
        process = await asyncio.create_subprocess_exec(
            *self.net.command(host, command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, preexec_fn=die_with_parent, env={**clean, **(environment or {})}, cwd=self.work)
        try:
            async with asyncio.timeout(seconds):
                text = (await process.communicate())[0].decode(errors="replace")
        except TimeoutError:
            process.kill()
            raise Failure(f"{' '.join(command)} does not end") from None
        if process.returncode != 0:
            raise Failure(f"{' '.join(command)} ended with {process.returncode}: {text}")
        return text

    async def epoch(self):
        """As a reader is told it that begins now."""
        for _ in range(40):
            status, text = await self.get(self.direct(self.instances[0], "/api/position?channel=c0"), self.api_key)
            if status == 200:
                return json.loads(text)["position"].rpartition(".:")[2]
            await asyncio.sleep(0.5)
        raise Failure(f"the position of a channel cannot be read: {status} {text}")

    async def revoke(self, until):
        """Some users lose all rights on the way."""
        users = list(self.users)
        random.Random(f"{self.options.seed}-revoked").shuffle(users)
        users = users[: max(3, len(users) // 8)]
        pause = max(1.0, (until - time.monotonic()) / (len(users) + 1))
        for user in users:
            await asyncio.sleep(pause)
            await self.shut_out_now(user, until + 20)

    async def shut_out_now(self, user, until):
        self.recorder.write("runner", "revoking", user=user)
        while time.monotonic() < until:
            host, port = self.net.reach("load", "front", 8001)
            status, _ = await self.ask_from_load(host, port, {"user": user, "channel": "*"})
            if status == 200:
                self.recorder.write("runner", "revoked", user=user)
                if user not in self.shut_out:
                    self.shut_out.append(user)
                return True
            await asyncio.sleep(0.5)
        return False

    async def ask_from_load(self, host, port, body):
        """From the runner's own place: nginx is reached in either kind of network."""
        return await self.get(f"http://{host}:{port}/api/revoke", self.api_key, body)

    # The end.

    async def history(self):
        """All that is stored, as a reader that has nothing to do with the clients is told."""
        host = self.instances[0]
        count, epoch = 0, await self.epoch()
        for channel in self.channels:
            since = 0
            while True:
                status, text = 0, ""
                for _ in range(20):
                    status, text = await self.get(
                        self.direct(host, f"/api/history?channel={channel}&since={since}&limit=1000"), self.api_key)
                    if status in (200, 404):
                        break
                    await asyncio.sleep(0.5)
                if status == 404:
                    break
                if status != 200:
                    raise Failure(f"the history of {channel} cannot be read: {status} {text}")
                answer = json.loads(text)
                events = answer["events"]
                if events:
                    self.recorder.lines(
                        ("runner", "stored", {"channel": channel, "id": event["id"], "epoch": epoch,
                                              "type": event["type"], "data": event["data"]}) for event in events)
                    since = events[-1]["id"]
                    count += len(events)
                else:
                    break
        return count

    async def go(self):
        self.began = time.monotonic()
        await self.start()
        self.start_load()
        load_began = self.began = time.monotonic()
        until = load_began + self.options.minutes * 60 - QUIET
        revoking = asyncio.create_task(self.revoke(until - 5))
        watching = asyncio.create_task(self.watch_clock())
        await asyncio.sleep(min(12, self.options.minutes * 6))
        await self.make_faults(until)
        await revoking
        self.heal()
        self.recorder.write("runner", "last-fault")
        print(f"{self.clock()} the last fault has ended; all have to recover", flush=True)
        self.tell(self.clients, signal.SIGUSR1)
        await asyncio.sleep(QUIET - SETTLE)
        for name in self.library_publishers:
            await self.servers[name].stop()
        self.tell([self.publishers], signal.SIGTERM)
        await self.wait_for([self.publishers], 60)
        # The last published events have to arrive too.
        await asyncio.sleep(SETTLE)
        self.tell(self.clients, signal.SIGTERM)
        await self.wait_for(self.clients, 30)
        watching.cancel()
        await self.history()

    async def watch_clock(self):
        """The time of the whole machine may be set by others while a run goes on: events look older then."""
        before = time.time() - time.monotonic()
        while True:
            await asyncio.sleep(0.5)
            offset = time.time() - time.monotonic()
            if abs(offset - before) > 0.2:
                self.recorder.write("runner", "fault", kind="machine clock", what="machine",
                                    detail=f"{offset - before:+.1f} s", began=records.now() - 1, until=records.now())
                before = offset

    @staticmethod
    def tell(processes, number):
        for _, process in processes:
            process.send_signal(number)

    def heal(self):
        for server in self.servers.values():
            server.signal(signal.SIGCONT)

    async def wait_for(self, processes, seconds):
        end = time.monotonic() + seconds
        for name, process in processes:
            while process.poll() is None and time.monotonic() < end:
                await asyncio.sleep(0.2)
            if process.poll() != 0:
                raise Failure(f"{name} ended with {process.poll()}: " + self.tail(name))

    async def stop(self):
        for _, process in self.one_shots:
            if process.poll() is None:
                process.kill()
        names = sorted(self.servers, key=lambda name: name == "database")
        for name in names:
            await self.servers[name].stop()
        self.net.close()


def copy_sqlite(source, target):
    """As .backup of sqlite3 does."""
    with (contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as there,
          contextlib.closing(sqlite3.connect(target)) as here):
        there.backup(here)


def secret(what):
    """New for each run, and in no record."""
    return what + os.urandom(16).hex()


def machine():
    """What the run was made on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    said = subprocess.run(["java", "-version"], check=False, capture_output=True, text=True).stderr
    java = re.search(r'version "([^"]+)"', said)
    return (f"{os.cpu_count()} processors and {memory:.0f} GB of memory, Linux {os.uname().release.split('-')[0]}, "
            f"Java {java.group(1) if java else 'unknown'}")


def newest_postgres():
    top = "/usr/lib/postgresql"
    versions = sorted((int(v) for v in os.listdir(top) if v.isdigit()), reverse=True) if os.path.isdir(top) else []
    for version in versions:
        if os.access(f"{top}/{version}/bin/postgres", os.X_OK):
            return f"{top}/{version}/bin"
    raise Failure("no PostgreSQL server; apt-get install postgresql")


async def bounded(run):
    problem = None
    task = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        async with asyncio.timeout(run.options.minutes * 60 + 300):
            await run.go()
    except Failure as failure:
        problem = str(failure)
    except TimeoutError:
        problem = "the run did not end in time"
    except asyncio.CancelledError:
        problem = "cut off"
    finally:
        await run.stop()
    if problem:
        raise Failure(problem)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", required=True)
    with open(parser.parse_args().settings) as file:
        options = argparse.Namespace(**json.load(file))
    run = Run(options)
    try:
        asyncio.run(bounded(run))
    except Failure as failure:
        print(f"scripts/chaos: {failure} (logs: {run.logs})", file=sys.stderr)
        return 3
    judge = checker.Checker(run.folder)
    summary = judge.check()
    # What else the machine had to do: of the last five minutes.
    summary["load"] = round(os.getloadavg()[1], 1)
    with open(os.path.join(run.folder, "summary.json"), "w") as file:
        json.dump(summary, file, indent=1)
    print(json.dumps({k: v for k, v in summary.items() if k != "settings"}, indent=1))
    checker.tell(judge, sys.stderr)
    return 1 if judge.violations else 0


if __name__ == "__main__":
    sys.exit(main())
