"""silent.py VERSION [--nginx]: shows how streams of one link fall silent behind Pushpin. No Gripstream is needed.

Pushpin asks once for all streams that have the same link and the same position. The application closes that
connection without an answer, as the system does for a process that is killed. A stream whose question comes while
Pushpin tells the others of the failure waits for an answer that never comes, and so do all that ask later with the
same link and position. They get keep-alives, but no event. 1.36 and 1.41 do the same.

It is a matter of milliseconds, so the application is away several times. Prints how many streams get an event each
time after it has come back. With --nginx an nginx between Pushpin and the application answers 502 in its place, and
all get each event, unless Pushpin gets so little of the processors that it refuses a question itself.
"""

import contextlib
import selectors
import socket
import sys
import tempfile
import threading
import time

import pushpin

STREAMS = 900
ROUNDS = 6
OPENING, AWAY, BACK, LAST = 15, 5, 15, 5
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nGrip-Hold: stream\r\nGrip-Channel: a; prev-id=%d\r\n"
    b"Grip-Keep-Alive: :\\n\\n; format=cstring; timeout=5; mode=interval\r\nGrip-Link: </next>; rel=next; timeout=3\r\n"
    b"Content-Length: 0\r\n\r\n"
)
NGINX = """
daemon off; worker_processes 1; pid %(folder)s/nginx.pid; error_log %(folder)s/nginx.log; events { worker_connections 4000; }
http {
  access_log off; client_body_temp_path %(folder)s/1; proxy_temp_path %(folder)s/2; fastcgi_temp_path %(folder)s/3;
  uwsgi_temp_path %(folder)s/4; scgi_temp_path %(folder)s/5;
  server { listen 127.0.0.1:%(port)d; location / { proxy_pass http://127.0.0.1:%(application)d; } }
}
"""


class Application:
    """Holds streams. While it is away, it closes a connection as soon as a request for a link comes."""

    answer = ANSWER

    def __init__(self):
        self.is_away = False
        self.last = 1
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        rest = b""
        with connection, contextlib.suppress(OSError):
            while more := connection.recv(65536):
                *requests, rest = (rest + more).split(b"\r\n\r\n")
                for request in requests:
                    if not self.is_away or b" /next " not in request[:20]:
                        connection.sendall(self.answer % self.last)
                    elif not self.fail(connection):
                        return

    def fail(self, connection):
        """Whether the connection goes on."""
        return False


class Streams:
    """What each stream got."""

    def __init__(self, port):
        self.got = {}
        self.selector = selectors.DefaultSelector()
        end = time.monotonic() + OPENING
        while len(self.got) < STREAMS and time.monotonic() < end:
            with contextlib.suppress(OSError):
                self.open(port)

    def open(self, port):
        client = socket.create_connection(("127.0.0.1", port), timeout=2)
        try:
            client.sendall(b"GET /events HTTP/1.1\r\nHost: silent\r\n\r\n")
            got = client.recv(65536)
            if b" 200 " not in got[:20]:
                raise ConnectionError
        except OSError:
            client.close()
            time.sleep(0.1)
            raise
        self.got[client] = got
        self.selector.register(client, selectors.EVENT_READ)

    def read(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for key, _ in self.selector.select(0.1):
                more = key.fileobj.recv(65536)
                self.got[key.fileobj] += more
                if not more:
                    self.selector.unregister(key.fileobj)

    def count(self, text):
        return sum(text in got for got in self.got.values())

    def ended(self):
        return len(self.got) - len(self.selector.get_map())


def trial(version, between):
    application = Application()
    target = application.port
    with contextlib.ExitStack() as programs:
        if between:
            target = pushpin.free_port()
            programs.enter_context(nginx(target, application.port))
        proxy = pushpin.Pushpin(version, target)
        programs.enter_context(proxy.running())
        streams = Streams(proxy.port)
        for _ in range(ROUNDS):
            application.is_away = True
            streams.read(AWAY)
            application.is_away = False
            streams.read(BACK)
            application.last += 1
            proxy.publish(application.last)
            streams.read(LAST)
            count = streams.count(b"event %d\n" % application.last)
            print(f"of {len(streams.got)} streams, {count} got event {application.last}, {streams.ended()} have ended",
                  flush=True)


@contextlib.contextmanager
def nginx(port, application):
    with tempfile.TemporaryDirectory(prefix="gs-") as folder:
        with open(folder + "/nginx.conf", "w") as file:
            file.write(NGINX % {"folder": folder, "port": port, "application": application})
        with pushpin.running("nginx", "-e", folder + "/nginx.log", "-c", folder + "/nginx.conf"):
            yield


def main():
    arguments = [argument for argument in sys.argv if argument != "--nginx"]
    version = pushpin.version_of(arguments)
    if version is None:
        return 2
    trial(version, len(arguments) < len(sys.argv))
    return 0


if __name__ == "__main__":
    sys.exit(main())
