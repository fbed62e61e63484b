"""twice.py VERSION: shows how Pushpin 1.36 gives a stream one event twice in a row. No Gripstream is needed.

A link that fails is followed again one to two seconds later. A keep-alive that is written meanwhile makes
Pushpin 1.36 follow it at once, and it does not cancel the attempt that was planned. That one comes while the
stream is held: an event that is published before its answer comes is sent at once, and again with the answer.
Prints how often the event came: twice behind 1.36, once behind 1.41.
"""

import contextlib
import http.server
import socket
import sys
import threading
import time

import pushpin


class Application(http.server.BaseHTTPRequestHandler):
    """Fails the first link, answers the second with nothing new, and publishes while it answers the third."""

    protocol_version = "HTTP/1.1"
    proxy = None
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
            kind.proxy.publish(2)
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


def run(version, application):
    """What a client gets in 13 s from this application behind this Pushpin."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Application.proxy = pushpin.Pushpin(version, server.server_address[1])
    with Application.proxy.running():
        return stream(Application.proxy.port, 13)


def main():
    version = pushpin.version_of(sys.argv)
    if version is None:
        return 2
    got = run(version, Application)
    print(f"Pushpin {version}: the event came {got.count(b'event 2')} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
