"""twice.py VERSION: shows how Pushpin 1.36 gives a stream one event twice in a row. No Gripstream is needed.

A link that fails is followed again one to two seconds later. A keep-alive that is written meanwhile makes
Pushpin 1.36 follow it at once, and it does not cancel the attempt that was planned. That one comes while the
stream is held: an event that is published before its answer comes is sent at once, and again with the answer.
Prints how often the event came: twice behind 1.36, once behind 1.41.
"""

import contextlib
import http.client
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def publish(number):
    item = {"channel": "a", "id": str(number), "prev-id": str(number - 1),
            "formats": {"http-stream": {"content": f"event {number}\n\n"}}}
    connection = http.client.HTTPConnection("127.0.0.1", Application.control, timeout=5)
    connection.request("POST", "/publish/", json.dumps({"items": [item]}))
    connection.getresponse().read()


class Application(http.server.BaseHTTPRequestHandler):
    """Fails the first link, answers the second with nothing new, and publishes while it answers the third."""

    protocol_version = "HTTP/1.1"
    control = 0
    began = 0.0
    followed = 0

    def do_GET(self):
        if self.path == "/events":
            self.hold(1, b"open\n\n")
            return
        kind = Application
        kind.followed += 1
        print(f"{time.monotonic() - kind.began:5.1f} s  the link is followed, {self.headers.get('Grip-Last')}", flush=True)
        if kind.followed == 1:
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif kind.followed == 2:
            self.hold(1, b"")
        elif kind.followed == 3:
            publish(2)
            time.sleep(0.3)
            self.hold(2, b"event 2\n\n")
        else:
            self.hold(2, b"")

    def hold(self, last, body, length=None):
        """Another length is a lie: the answer is cut off."""
        self.send_response(200)
        for name, value in (
            ("Content-Type", "text/event-stream"), ("Grip-Hold", "stream"), ("Grip-Channel", f"a; prev-id={last}"),
            ("Grip-Keep-Alive", ":\\n\\n; format=cstring; timeout=1; mode=interval"),
            ("Grip-Link", "</next>; rel=next; timeout=4"), ("Content-Length", str(len(body) if length is None else length)),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing of its own."""


def configuration(version, program, folder, port):
    name = "pushpin.conf" if version == "1.36" else f"pushpin-{version}.conf"
    with open(os.path.join(TOP, "pushpin", name)) as file:
        text = file.read()
    values = {"rundir": folder + "/run", "logdir": folder + "/log", "ipc_prefix": "twice-",
              "http_port": f"127.0.0.1:{port}", "push_in_http_port": str(Application.control)}
    for key, value in values.items():
        text = re.sub(f"(?m)^{key}=.*$", f"{key}={value}", text)
    library = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(program))), "lib", "pushpin")
    if os.path.exists(library + "/internal.conf"):
        text = text.replace("[global]\n", f"[global]\nlibdir={library}\n")
    return text


def stream(port, seconds):
    """What a client gets in that time, begun as soon as Pushpin answers."""
    got = b""
    end = time.monotonic() + 15
    while b" 200 " not in got[:20] and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2) as client:
            client.sendall(b"GET /events HTTP/1.0\r\nHost: twice\r\n\r\n")
            Application.began = time.monotonic()
            got = b""
            while time.monotonic() < Application.began + seconds:
                with contextlib.suppress(TimeoutError):
                    more = client.recv(65536)
                    if not more:
                        break
                    got += more
        time.sleep(0.1)
    return got


def version_of(arguments):
    """The version that was asked for; None: it is wrong."""
    if len(arguments) == 2 and arguments[1] in ("1.36", "1.41"):
        return arguments[1]
    print(f"usage: {os.path.basename(arguments[0])} 1.36|1.41", file=sys.stderr)
    return None


def run(version, application):
    """What a client gets in 13 s from this application behind this Pushpin."""
    program = subprocess.run([TOP + "/scripts/get-pushpin", version], check=True, capture_output=True,
                             text=True).stdout.strip()
    Application.control, port = free_port(), free_port()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="gs-") as folder:
        with open(folder + "/pushpin.conf", "w") as file:
            file.write(configuration(version, program, folder, port))
        with open(folder + "/routes", "w") as file:
            file.write(f"* 127.0.0.1:{server.server_address[1]}\n")
        pushpin = subprocess.Popen([program, "--config", folder + "/pushpin.conf"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            return stream(port, 13)
        finally:
            os.killpg(pushpin.pid, signal.SIGTERM)
            pushpin.wait()


def main():
    version = version_of(sys.argv)
    if version is None:
        return 2
    got = run(version, Application)
    print(f"Pushpin {version}: the event came {got.count(b'event 2')} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
