#!/usr/bin/env python3
"""checker.py FOLDER: whether what clients and publishers wrote down can be the truth of one history.

Shares no code with Gripstream. It knows what a client sees (the lines of a stream), what a publisher was told,
which faults there were, and what was stored at the end. Prints a summary as JSON; every violation names the two
records that contradict each other. Exit code 1 if there is one.
"""

import collections
import json
import sys
from urllib.parse import unquote

import records

GRACE = 5.0  # for how many seconds a user that was shut out may still get something
RECOVERY = 60.0  # how many seconds after the last fault everybody has everything
MOST_PRINTED = 20
START = 60  # seconds in which an instance may end because it cannot start


def position(text):
    """The ids of a position by channel; of a channel that is named twice the first one counts."""
    ids = {}
    for pair in text.split(","):
        name, _, number = pair.rpartition(":")
        if name and name != "." and number.isdigit():
            ids.setdefault(unquote(name), int(number))
    return ids


def epoch_of(text):
    """The epoch of a position: a storage that was put back gives the same ids to other events, in another epoch."""
    return next((pair[2:] for pair in text.split(",") if pair.startswith(".:")), None)


class Channel:
    """One channel of one client: how far it is, in which epoch, and what it has not got of that."""

    __slots__ = ("last", "place", "epoch", "missing")

    def __init__(self, last, place, epoch):
        self.last = last
        self.place = place
        self.epoch = epoch
        self.missing = {}


class Client:
    def __init__(self):
        self.user = None
        self.channels = []
        self.known = {}
        self.last_place = None
        self.is_direct = False
        self.opened_at = 0.0
        # In epochs that are over.
        self.never_got = []


class Restore:
    """A backup was put back. What was stored after it was begun may be gone, and nothing else."""

    def __init__(self, record, backup, place):
        self.backup = backup["began"]
        self.began = record["began"]  # servers and publishers are about to be stopped
        self.until = record["until"]  # all is put back, and none of them runs yet
        self.epoch = record["epoch"]
        self.place = place


class Checker:
    def __init__(self, folder):
        self.folder = folder
        self.violations = []
        self.settings = {}
        self.faults = []
        self.last_fault = None
        self.backups = {}
        self.restores = []
        self.eras = {}
        self.first_epoch_at = None
        self.revoked = {}
        self.may_be_shut_out = set()
        self.tried = {}
        self.acked = {}
        self.key_of_acked = {}
        self.committed = {}
        self.rolled_back = {}
        self.stored = {}
        self.stored_keys = set()
        self.content = {}
        self.first_known = {}
        self.clients = {}
        self.counts = collections.Counter()
        self.pending_resets = []
        self.caught_up = {}

    # What contradicts what.

    def violation(self, kind, what, first, second):
        self.violations.append({"kind": kind, "what": what, "first": first, "second": second})

    def check(self):
        for record, place in records.read(self.folder, "runner"):
            self.of_runner(record, place)
        for record, place in records.read(self.folder, "publisher"):
            self.of_publisher(record, place)
        for record, place in records.read(self.folder, "client"):
            self.of_client(record, place)
        self.resets()
        self.missing()
        self.publishers()
        self.same_after_restores()
        self.history()
        self.at_the_head()
        return self.summary()

    # The runner: faults, revocations, and what was stored at the end.

    def of_runner(self, record, place):
        did = record["did"]
        if did == "settings":
            self.settings = record
        elif did == "fault":
            self.faults.append(record)
        elif did == "ended":
            self.counts["servers that ended by themselves"] += 1
            # One that starts while the database is away ends, and is started again.
            if record["what"].startswith("instance") and record["after"] >= START:
                self.violation("ended", f'{record["what"]} ended by itself', place, place)
        elif did == "epoch":
            self.era(record["epoch"], place)
        elif did == "backup":
            self.backups[record["number"]] = record
        elif did == "restored":
            self.restored(Restore(record, self.backups[record["backup"]], place))
        elif did == "revoking":
            # The answer may not come.
            self.may_be_shut_out.add(record["user"])
        elif did == "revoked":
            self.revoked.setdefault(record["user"], []).append((record["at"], place))
        elif did == "last-fault":
            self.last_fault = record["at"]
        elif did == "stored":
            event = (record["channel"], record["id"], record["epoch"])
            if event in self.stored:
                self.violation("stored twice", f"{event}", self.stored[event][1], place)
            self.stored[event] = (self.bytes_of(record), place)
            self.stored_keys.add(self.key_of(record))
            if self.era(record["epoch"], place) < len(self.restores):
                self.violation("old epoch", f"{event} is stored", self.restores[-1].place, place)

    @staticmethod
    def bytes_of(record):
        return f'{record["type"]}\n{record["data"]}'

    @staticmethod
    def key_of(record):
        return json.loads(record["data"])["key"]

    # Eras: the time before the first restore is 0, and each restore begins another one, with a new epoch.

    def era(self, epoch, place):
        if epoch not in self.eras:
            if self.first_epoch_at is None:
                self.first_epoch_at = place
            else:
                self.violation("epoch", f"{epoch} comes with no restore", self.first_epoch_at, place)
            self.eras[epoch] = 0
        return self.eras[epoch]

    def restored(self, restore):
        self.restores.append(restore)
        if restore.epoch in self.eras:
            self.violation("epoch", f"{restore.epoch} again after a restore", self.first_epoch_at, restore.place)
        self.eras[restore.epoch] = len(self.restores)

    def era_at(self, at):
        return sum(restore.until <= at for restore in self.restores)

    def last_epoch(self):
        return next((epoch for epoch, era in self.eras.items() if era == len(self.restores)), None)

    def survives(self, era, at, until):
        """Whether what was known to be stored at this moment of an era must be there in a later one."""
        return all(at < restore.backup for restore in self.restores[era:until])

    # Publishers.

    def of_publisher(self, record, place):
        did, key = record["did"], record["key"]
        if did == "try":
            self.tried[key] = (record, place)
        elif did == "acked":
            if key in self.acked and self.acked[key][0]["id"] != record["id"]:
                self.violation("two ids for a key", key, self.acked[key][1], place)
            self.acked[key] = (record, place)
            event = (record["channel"], record["id"], record["epoch"])
            self.era(record["epoch"], place)
            self.key_of_acked[event] = key
            self.learn(event, record["at"])
            self.counts["acknowledged"] += 1
        elif did == "committed":
            self.committed[key] = (record, place)
            self.counts["committed"] += 1
        elif did == "rolled-back":
            self.rolled_back[key] = (record, place)
            self.counts["rolled back"] += 1
        elif did == "refused":
            self.violation("refused publisher", record["why"], self.tried[key][1], place)
        elif did == "failed":
            self.violation("server error", record["why"], self.tried[key][1], place)

    def learn(self, event, at):
        self.first_known[event] = min(at, self.first_known.get(event, at))

    # Clients.

    def of_client(self, record, place):
        client = self.clients.setdefault(record["who"], Client())
        getattr(self, "client_" + record["did"].replace("-", "_"))(client, record, place)
        client.last_place = place

    def client_open(self, client, record, place):
        client.user = record["user"]
        client.channels = record["channels"]
        client.is_direct = record["mode"] == "direct"
        client.opened_at = record["at"]
        self.counts["connections"] += 1

    def client_closed(self, client, record, place):
        """A client may lose its connection at any time. But an instance that cannot serve says 503: only Pushpin, and
        nginx in its place, may say that it failed."""
        if record["why"] == "status 500" and client.is_direct:
            self.violation("server error", f'{record["who"]} got 500', client.last_place, place)

    def client_opened(self, client, record, place):
        """The stream's first event says where it stands."""
        self.shut_out(client, record, place)
        ids, epoch = position(record["id"]), epoch_of(record["id"])
        self.era(epoch, place)
        for name in client.channels:
            if name not in client.known:
                self.not_over(client, name, epoch, place)
                client.known[name] = Channel(ids.get(name, 0), place, epoch)
                self.note_progress(record["who"], client, name, record["at"])
        self.others_in_position(client, ids, epoch, place)

    def not_over(self, client, what, epoch, place):
        """A connection that was opened after a restore has nothing to do with the epoch before. To a client that
        comes back it first says where that one was; all else is of the new epoch."""
        era = self.era_at(client.opened_at)
        if self.era(epoch, place) < era:
            self.violation("old epoch", f"{what} in {epoch}", self.restores[era - 1].place, place)

    def others_in_position(self, client, ids, epoch, place, own=None):
        """Who comes back with this id never gets what it passes over."""
        for name, number in ids.items():
            state = client.known.get(name)
            if name == own or state is None:
                continue
            if state.epoch != epoch:
                self.no_reset(client, name, number, epoch, place)
            elif number > state.last:
                self.pass_over(client, name, state, number, place)
                state.last = number
                state.place = place

    def no_reset(self, client, name, number, epoch, place):
        before = client.known[name]
        self.violation("no reset", f"{name}:{number} of {epoch} after {name}:{before.last} of {before.epoch}",
                       before.place, place)
        self.begin_anew(client, name, number, epoch, place)

    @staticmethod
    def begin_anew(client, name, last, epoch, place):
        """In another epoch. What it had not got before remains lost."""
        before = client.known[name]
        client.never_got += [((name, number, before.epoch), *places) for number, places in before.missing.items()]
        client.known[name] = Channel(last, place, epoch)

    def pass_over(self, client, name, state, up_to, place):
        for number in range(state.last + 1, up_to + 1):
            state.missing[number] = (state.place, place)

    def client_event(self, client, record, place):
        self.shut_out(client, record, place)
        self.counts["deliveries"] += 1
        try:
            data = json.loads(record["data"])
        except ValueError:
            # All data that is published is JSON.
            self.violation("broken", record["data"][:100], client.last_place, place)
            return
        name = data["channel"]
        state = client.known.get(name)
        if name not in client.channels:
            self.violation("foreign channel", name, client.last_place, place)
            return
        ids, epoch = position(record["id"]), epoch_of(record["id"])
        if name not in ids:
            self.violation("no id", name, state.place if state else place, place)
            return
        number = ids[name]
        event = (name, number, epoch)
        self.learn(event, record["at"])
        self.same_bytes(event, record, place)
        self.not_over(client, f"{name}:{number}", epoch, place)
        if client.user is not None and client.user in data.get("skip", ()):
            self.violation("leaked", f"{client.user} is skipped", self.tried_place(data["key"]), place)
        if state is None:
            state = client.known[name] = Channel(number - 1, place, epoch)
        if state.epoch != epoch:
            self.no_reset(client, name, number, epoch, place)
        elif number in state.missing:
            self.violation("swapped", f"{name}:{number} after {name}:{state.last}", state.place, place)
            del state.missing[number]
        elif number <= state.last:
            self.violation("doubled", f"{name}:{number} again", state.place, place)
        else:
            self.pass_over(client, name, state, number - 1, place)
            state.last = number
            state.place = place
            self.note_progress(record["who"], client, name, record["at"])
        self.others_in_position(client, ids, epoch, place, own=name)

    def same_bytes(self, event, record, place):
        text = self.bytes_of(record)
        before = self.content.setdefault(event, (text, place))
        if before[0] != text:
            self.violation("other bytes", f"{event[0]}:{event[1]}", before[1], place)

    def tried_place(self, key):
        return self.tried[key][1] if key in self.tried else "no publisher"

    def client_reset(self, client, record, place):
        self.shut_out(client, record, place)
        self.counts["resets"] += 1
        ids, epoch = position(record["id"]), epoch_of(record["id"])
        self.not_over(client, "a reset", epoch, place)
        told = json.loads(record["data"])
        is_by_restore = False
        for name in told["channels"]:
            state = client.known.get(name)
            if state is None:
                continue
            last = ids.get(name, state.last)
            self.pending_resets.append((name, state, state.last, state.place, last, epoch, told["reasons"][name],
                                        record["at"], place))
            if state.epoch != epoch:
                is_by_restore = True
                self.begin_anew(client, name, last, epoch, place)
            else:
                state.missing = {n: p for n, p in state.missing.items() if n <= state.last}
                state.last = last
                state.place = place
            self.note_progress(record["who"], client, name, record["at"])
        self.counts["resets by a restore"] += is_by_restore
        self.others_in_position(client, {n: i for n, i in ids.items() if n not in told["channels"]}, epoch, place)

    def client_error(self, client, record, place):
        condition = json.loads(record["data"])["condition"]
        self.counts["stream-error " + condition] += 1
        if condition == "bad-request" or (condition == "forbidden" and client.user not in self.may_be_shut_out):
            self.violation("refused reader", record["data"], client.last_place, place)

    def shut_out(self, client, record, place):
        for since, revocation in self.revoked.get(client.user, ()):
            if since + GRACE + self.hidden_by_faults(since) < record["at"] < self.forgotten_at(since):
                late = record["at"] - since
                self.violation("leaked", f"{client.user}, {late:.1f} s after being shut out", revocation, place)
                return

    def forgotten_at(self, since):
        """A backup has no later revocation: it has to be repeated when the backup was put back."""
        return next((r.began for r in self.restores if r.backup <= since < r.until), float("inf"))

    def hidden_by_faults(self, since):
        """What cannot be reached cannot be told: the time begins when the faults of these seconds have ended."""
        ends = [fault["until"] for fault in self.faults if fault["began"] <= since + GRACE and fault["until"] > since]
        return max(ends, default=since) - since

    # After all has been read.

    def resets(self):
        kept = self.kept()
        for name, state, last, before, to, epoch, reason, at, place in self.pending_resets:
            if state.epoch != epoch:
                self.reset_by_restore(name, state, to, epoch, reason, place, kept)
                continue
            ttl = self.settings.get("ttl", {}).get(name)
            if reason != "expired" or ttl is None:
                self.violation("reset", f"{name} at {last}: {reason}", before, place)
                continue
            known = self.stored_since((name, last + 1, epoch))
            if known is not None and known > at - ttl + 2 + self.clock_was_wrong(known, at):
                self.violation("reset", f"{name}:{last + 1} was {at - known:.1f} s old", before, place)

    def reset_by_restore(self, name, state, to, epoch, reason, place, kept):
        """Once for each restore, to what the storage has."""
        era = self.era(epoch, place)
        if era <= self.era(state.epoch, state.place) or reason != "unknown":
            self.violation("reset", f"{name} from {state.epoch} to {epoch}: {reason}", state.place, place)
        number, event = kept.get((name, era), (0, None))
        if to < number:
            self.violation("reset", f"{name} goes on after {to}, and {number} was in the backup",
                           self.place_of(event), place)

    def kept(self):
        """The last id by channel and era of what the backup of its restore must have had."""
        kept = {}
        for event, at in self.first_known.items():
            name, number, epoch = event
            era = self.eras[epoch]
            for later in range(era + 1, len(self.restores) + 1):
                if not self.survives(era, at, later):
                    break
                kept[name, later] = max(kept.get((name, later), (0, event)), (number, event))
        return kept

    def place_of(self, event):
        seen = self.content.get(event) or self.stored.get(event)
        return seen[1] if seen else self.acked[self.key_of_acked[event]][1]

    def stored_since(self, event):
        """The earliest moment at which it can have been stored: an answer may have been lost, and come later."""
        seen = self.content.get(event) or self.stored.get(event)
        key = json.loads(seen[0].split("\n", 1)[1])["key"] if seen else self.key_of_acked.get(event)
        return self.tried[key][0]["at"] if key in self.tried else self.first_known.get(event)

    def clock_was_wrong(self, since, until):
        """By how many seconds at most an event may look older than it is. A database server has its own clock, which
        counts; with SQLite that of the process does. Both follow the machine's, and a process asks for the database's
        once a minute."""
        lasting = {"machine clock": 60.0}
        if self.settings.get("store") == "sqlite":
            lasting["clock"] = 0.0
        return max([0.0] + [abs(float(fault["detail"].split()[0])) for fault in self.faults
                            if fault["kind"] in lasting and fault["began"] <= until
                            and fault["until"] + lasting[fault["kind"]] >= since])

    def missing(self):
        for who, client in self.clients.items():
            never = [((name, number, state.epoch), *places) for name, state in client.known.items()
                     for number, places in state.missing.items()]
            for event, before, after in client.never_got + never:
                if not self.is_skipped(client, event):
                    seen = self.content.get(event) or self.stored.get(event)
                    where = seen[1] if seen else before
                    self.violation("lost", f"{event[0]}:{event[1]} by {who} (after {before})", where, after)

    def is_skipped(self, client, event):
        """Whether its publisher named the client's user; perhaps nobody got it, and it is trimmed since."""
        if client.user is None:
            return False
        known = self.content.get(event) or self.stored.get(event)
        if known:
            return client.user in json.loads(known[0].split("\n", 1)[1]).get("skip", ())
        key = self.key_of_acked.get(event)
        return key in self.tried and client.user in self.tried[key][0].get("skip", ())

    def publishers(self):
        where = collections.defaultdict(list)
        for source in (self.content, self.stored):
            for event, (text, place) in source.items():
                key = json.loads(text.split("\n", 1)[1])["key"]
                if event not in [other for other, _ in where[key]]:
                    where[key].append((event, place))
        for key, found in where.items():
            self.one_id(key, found)
            if key not in self.tried:
                self.violation("invented", key, "no publisher", found[0][1])
            elif self.tried[key][0].get("intent") == "roll-back" or key in self.rolled_back:
                self.violation("rolled back", key, self.tried[key][1], found[0][1])
        for key, (record, place) in self.acked.items():
            event = (record["channel"], record["id"], record["epoch"])
            other = next((there for seen, there in where[key] if self.contradict(event, seen)), None)
            if other:
                self.violation("another id", key, place, other)
            self.must_be_stored(key, event[0], self.eras[event[2]], record["at"], place)
        for key, (record, place) in self.committed.items():
            self.must_be_stored(key, record["channel"], self.era_at(record["at"]), record["at"], place)
        for event, (text, place) in self.content.items():
            key = json.loads(text.split("\n", 1)[1])["key"]
            if key not in self.acked:
                self.must_be_stored(key, event[0], self.eras[event[2]], self.first_known[event], place)

    def one_id(self, key, found):
        """A key has one id, and another one only after a restore of a backup that was begun before."""
        for number, (event, place) in enumerate(found):
            other = next((there for seen, there in found[:number] if self.contradict(event, seen)), None)
            if other:
                self.violation("stored twice", key, other, place)
                return

    def contradict(self, one, other):
        """Whether these ids of one key, or events of one id, cannot both be right."""
        if one == other:
            return False
        if self.eras[one[2]] > self.eras[other[2]]:
            one, other = other, one
        known = self.first_known.get(one, float("inf"))
        return one[:2] != other[:2] and self.survives(self.eras[one[2]], known, self.eras[other[2]])

    def must_be_stored(self, key, name, era, at, place):
        is_kept = name not in self.settings.get("ttl", {}) and self.survives(era, at, len(self.restores))
        if is_kept and key not in self.stored_keys:
            self.violation("not stored", key, place, self.end_of(name))

    def same_after_restores(self):
        """What the backup had is the same as before."""
        by_id = collections.defaultdict(list)
        for source in (self.content, self.stored):
            for event, (text, place) in source.items():
                by_id[event[:2]].append((self.eras[event[2]], self.first_known.get(event, float("inf")), text, place))
        for (name, number), found in by_id.items():
            found.sort(key=lambda one: one[0])
            for index, (era, at, text, place) in enumerate(found):
                for later, _, other, there in found[index + 1:]:
                    if text != other and later > era and self.survives(era, at, later):
                        self.violation("other bytes", f"{name}:{number} after a restore", place, there)

    def end_of(self, name):
        """The last thing that is known to be stored in a channel."""
        last = max((event for event in self.stored if event[0] == name), default=None)
        return self.stored[last][1] if last else "nothing stored in " + name

    def history(self):
        """Ids have no hole, and what is stored is what clients got."""
        by_channel = collections.defaultdict(list)
        for event, (text, place) in self.stored.items():
            name, number, _ = event
            by_channel[name].append((number, place))
            seen = self.content.get(event)
            if seen and seen[0] != text:
                self.violation("other bytes", f"{name}:{number}", seen[1], place)
        for name, numbers in by_channel.items():
            numbers.sort()
            if name not in self.settings.get("ttl", {}) and numbers[0][0] != 1:
                self.violation("hole", f"{name} begins at {numbers[0][0]}", numbers[0][1], numbers[-1][1])
            for (one, first), (two, second) in zip(numbers, numbers[1:]):
                if two != one + 1:
                    self.violation("hole", f"{name}: {two} after {one}", first, second)
        self.counts["stored"] = len(self.stored)

    # Recovery.

    def note_progress(self, who, client, name, at):
        """Of the time before the last fault has ended only the latest is of interest."""
        if self.last_fault is not None and client.known[name].epoch == self.last_epoch():
            steps = self.caught_up.setdefault((who, name), [])
            if at <= self.last_fault:
                steps.clear()
            steps.append((at, client.known[name].last))

    def at_the_head(self):
        if self.last_fault is None:
            return
        heads = collections.defaultdict(int)
        all_heads = collections.defaultdict(lambda: (0, None))
        current = self.last_epoch()
        for (name, number, epoch), at in self.first_known.items():
            if at <= self.last_fault and epoch == current:
                heads[name] = max(heads[name], number)
        for (name, number, epoch), (_, place) in list(self.content.items()) + list(self.stored.items()):
            if number > all_heads[name][0] and epoch == current:
                all_heads[name] = (number, place)
        slowest = 0.0
        for who, client in self.clients.items():
            if client.user in self.may_be_shut_out:
                continue
            for name in client.channels:
                state = client.known.get(name)
                last = state.last if state and state.epoch == current else 0
                if last < all_heads[name][0] and not self.rest_is_skipped(client, name, last, all_heads[name][0]):
                    self.violation(
                        "behind", f"{who} ends at {name}:{last} of {all_heads[name][0]}",
                        state.place if state else client.last_place, all_heads[name][1])
                    continue
                when = next((at for at, n in self.caught_up.get((who, name), ()) if n >= heads[name]), None)
                if when is None:
                    continue
                took = max(0.0, when - self.last_fault)
                slowest = max(slowest, took)
                if took > RECOVERY:
                    self.violation("slow", f"{who} was at the head of {name} after {took:.1f} s", state.place, client.last_place)
        self.counts["slowest recovery"] = round(slowest, 1)

    def rest_is_skipped(self, client, name, last, head):
        return all(self.is_skipped(client, (name, number, self.last_epoch())) for number in range(last + 1, head + 1))

    def summary(self):
        kinds = collections.Counter(fault["kind"] for fault in self.faults)
        return {
            "settings": {k: v for k, v in self.settings.items() if k not in ("at", "who", "did")},
            "faults": dict(sorted(kinds.items())),
            "clients": len(self.clients),
            "counts": dict(sorted(self.counts.items())),
            "revoked": len(self.revoked),
            "violations": len(self.violations),
            "kinds": dict(collections.Counter(v["kind"] for v in self.violations)),
        }


def line_of(folder, place):
    """The record itself, as it was written down."""
    name, _, number = place.rpartition(":")
    if not number.isdigit():
        return place
    with open(f"{folder}/{name}", "rb") as file:
        for count, line in enumerate(file, 1):
            if count == int(number):
                return f"{place}  {line.decode().strip()}"
    return place


def tell(checker, out):
    """Every violation with the seed and the two records."""
    seed = checker.settings.get("seed")
    for violation in checker.violations[:MOST_PRINTED]:
        print(f'seed {seed}: {violation["kind"]}: {violation["what"]}', file=out)
        for place in (violation["first"], violation["second"]):
            print("  " + line_of(checker.folder, place), file=out)
    if len(checker.violations) > MOST_PRINTED:
        print(f"... and {len(checker.violations) - MOST_PRINTED} more", file=out)


def main():
    if len(sys.argv) != 2:
        print("usage: checker.py FOLDER", file=sys.stderr)
        return 2
    checker = Checker(sys.argv[1])
    summary = checker.check()
    print(json.dumps(summary, indent=1))
    tell(checker, sys.stderr)
    return 1 if checker.violations else 0


if __name__ == "__main__":
    sys.exit(main())
