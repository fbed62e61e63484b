"""abort.py VERSION: how Pushpin 1.41 can end when an application fails for a moment. No Gripstream is needed.

When a link fails, Pushpin plans to follow it again in one to two seconds. If a client takes bytes just then, such
as those of a keep-alive, Pushpin follows the link at once, and does not cancel the attempt that was planned. That
one is made although the stream is held again. 1.36 sends what comes meanwhile twice (see twice.py). The handler of
1.41 checks that no answer comes for a stream that is held, and aborts: all streams end.

The application answers 503 for as long as each link is followed once, several times, while other processes keep
the processors busy. Prints whether Pushpin runs. It ends in some runs only.
"""

import contextlib
import sys

import pushpin
import silent

FAILURES = 10
BUSY = 40
# Each stream follows its link every three seconds.
FAILING, BACK = 3, 6


class Application(silent.Application):
    """While it is away, it answers 503. Clients get many keep-alives."""

    answer = silent.ANSWER.replace(b"timeout=5; mode=interval", b"timeout=1; mode=interval")

    def fail(self, connection):
        connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        return True


def main():
    version = pushpin.version_of(sys.argv)
    if version is None:
        return 2
    application = Application()
    proxy = pushpin.Pushpin(version, application.port)
    with proxy.running() as process, contextlib.ExitStack() as others:
        streams = silent.Streams(proxy.port)
        for _ in range(BUSY):
            others.enter_context(pushpin.running(sys.executable, "-c", "while True: pass"))
        for failure in range(1, FAILURES + 1):
            application.is_away = True
            streams.read(FAILING)
            application.is_away = False
            streams.read(BACK)
            has_ended = process.poll() is not None
            print(f"failure {failure}: Pushpin {version} {'has ended' if has_ended else 'runs'}, and of "
                  f"{len(streams.got)} streams {streams.ended()} have ended", flush=True)
            if has_ended:
                break
    return 0


if __name__ == "__main__":
    sys.exit(main())
