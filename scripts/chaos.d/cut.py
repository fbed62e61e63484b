"""cut.py VERSION: shows how Pushpin takes the answer to a link for whole that was cut off. No Gripstream is needed.

The head of such an answer says up to which event the stream then is; the events follow in the body. The program
cuts the connection behind the head. Pushpin goes on with the position of the head, and never asks for the events
again. Prints where it is then, and how often the event came. 1.36 and 1.41 do the same.
"""

import socket
import sys
import time

import pushpin
import twice


class Application(twice.Application):
    """Cuts the answer to the first link off behind its head, and has nothing new for the others."""

    def do_GET(self):
        if self.path == "/events":
            self.hold(1, b"open\n\n")
            return
        kind = twice.Application
        kind.followed += 1
        print(f"{time.monotonic() - kind.began:5.1f} s  the link is followed, {self.headers.get('Grip-Last')}", flush=True)
        if kind.followed == 1:
            self.hold(2, b"", length=len(b"event 2\n\n"))
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        else:
            self.hold(2, b"")


def main():
    version = pushpin.version_of(sys.argv)
    if version is None:
        return 2
    got = twice.run(version, Application)
    print(f"Pushpin {version}: the event came {got.count(b'event 2')} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
