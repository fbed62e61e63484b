"""What clients, publishers and the runner write down: a JSON object a line, in files of one folder.

Every record has "at" (seconds since 1970), "who" and "did". All processes of a run count the seconds since the
machine has started: its time of day may be set, or it may stand still, while they run. A record is written with
one call, so that a process that is killed leaves whole lines; a last line that is not whole is no record.
"""

import json
import os
import time


# When the machine had started, in seconds since 1970: the same for all processes of a run.
BOOTED = float(os.environ.setdefault("CHAOS_BOOTED", repr(time.time() - time.monotonic())))


def now():
    return BOOTED + time.monotonic()


class Recorder:
    """Appends records to a file."""

    def __init__(self, path):
        self._file = open(path, "ab", buffering=0)

    def write(self, who, did, **more):
        self.lines([(who, did, more)])

    def lines(self, records):
        """Several at once, with one call to the system."""
        at = round(now(), 4)
        text = "".join(
            json.dumps({"at": at, "who": who, "did": did, **more}, ensure_ascii=False) + "\n"
            for who, did, more in records
        )
        self._file.write(text.encode())

    def close(self):
        self._file.close()


def read(folder, prefix):
    """The records of all files whose names begin so, in order within a file: (record, place)."""
    for name in sorted(os.listdir(folder)):
        if not (name.startswith(prefix) and name.endswith(".ndjson")):
            continue
        with open(os.path.join(folder, name), "rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break
                yield json.loads(line), f"{name}:{number}"
