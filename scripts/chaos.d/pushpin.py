"""Pushpin with this project's configuration, in a folder of its own."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VERSIONS = ("1.36", "1.41")


def version_of(arguments):
    """The version that a command line asks for; None: it is wrong, and its user was told."""
    if len(arguments) == 2 and arguments[1] in VERSIONS:
        return arguments[1]
    print(f"usage: {os.path.basename(arguments[0])} {'|'.join(VERSIONS)}", file=sys.stderr)
    return None


def program(version):
    """Its path. It is installed if it is missing."""
    return subprocess.run([TOP + "/scripts/get-pushpin", version], check=True, capture_output=True,
                          text=True).stdout.strip()


def configure(version, path, folder, values, targets):
    """Writes configuration and routes into the folder. Returns the command that starts this program with them."""
    name = "pushpin.conf" if version == "1.36" else f"pushpin-{version}.conf"
    with open(os.path.join(TOP, "pushpin", name)) as file:
        text = file.read()
    for key, value in {"rundir": folder + "/run", "logdir": folder + "/log", **values}.items():
        text = re.sub(f"(?m)^{key}=.*$", f"{key}={value}", text)
    library = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(path))), "lib", "pushpin")
    if os.path.exists(library + "/internal.conf"):
        # Its path has a limit.
        os.symlink(library, folder + "/lib")
        text = text.replace("[global]\n", f"[global]\nlibdir={folder}/lib\n")
    with open(folder + "/pushpin.conf", "w") as file:
        file.write(text)
    with open(folder + "/routes", "w") as file:
        file.write("* " + " ".join(targets) + "\n")
    return [path, "--config", folder + "/pushpin.conf"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(*command):
    """A program and all that it starts, until the end of the block."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


class Pushpin:
    """One on free ports of this machine, in front of the application on that port, until the end of a block."""

    def __init__(self, version, application):
        self.port, self.control = free_port(), free_port()
        self.version = version
        self.application = application

    @contextlib.contextmanager
    def running(self):
        with tempfile.TemporaryDirectory(prefix="gs-") as folder:
            values = {"ipc_prefix": "gs-", "http_port": f"127.0.0.1:{self.port}", "push_in_http_port": str(self.control)}
            command = configure(self.version, program(self.version), folder, values, [f"127.0.0.1:{self.application}"])
            with running(*command) as process:
                yield process

    def publish(self, number):
        """Event n of channel a; n - 1 is the one before it."""
        item = {"channel": "a", "id": str(number), "prev-id": str(number - 1),
                "formats": {"http-stream": {"content": f"event {number}\n\n"}}}
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.control, timeout=5)) as connection:
            connection.request("POST", "/publish/", json.dumps({"items": [item]}))
            connection.getresponse().read()
