"""What the checker must find. Run by scripts/test: python3 -m unittest discover -s scripts/chaos.d -p '*_test.py'"""

import io
import json
import os
import tempfile
import unittest

import checker


class Story:
    """A run that was all right, to be spoilt: ten events in each of two channels, two clients, one publisher."""

    def __init__(self):
        self.now = 1_000.0
        self.runner = [{"did": "settings", "seed": 42, "ttl": {"brief": 20}}]
        self.publisher = []
        self.clients = {"client-1": [], "client-2": []}
        for name, user in (("client-1", "ann"), ("client-2", "bob")):
            self.open(name, user, None, "a:0,b:0,.:e")
        for number in range(1, 11):
            for channel in ("a", "b"):
                self.publish(channel, number)
        self.runner.append({"did": "last-fault", "at": self.now})
        self.now += 5
        self.publish("a", 11)

    def tick(self):
        self.now += 0.5
        return self.now

    def open(self, name, user, after, at, channels=("a", "b")):
        self.clients[name] += [
            {"at": self.tick(), "did": "open", "user": user, "channels": list(channels), "mode": "direct", "after": after},
            {"at": self.now, "did": "opened", "id": at},
        ]

    def publish(self, channel, number, **more):
        key = f"{channel}-{number}"
        data = json.dumps({"key": key, "channel": channel, **more})
        self.publisher += [
            {"at": self.tick(), "did": "try", "key": key, "channel": channel},
            {"at": self.now, "did": "acked", "key": key, "channel": channel, "id": number},
        ]
        self.runner.append({"did": "stored", "channel": channel, "id": number, "type": "message", "data": data})
        other = "b" if channel == "a" else "a"
        done = number - 1 if channel == "a" else number
        for records in self.clients.values():
            records.append({"at": self.now, "did": "event", "type": "message", "data": data,
                            "id": f"{channel}:{number},{other}:{min(done, 10)},.:e"})

    def find(self, name, key):
        return next(i for i, record in enumerate(self.clients[name])
                    if record["did"] == "event" and json.loads(record["data"])["key"] == key)

    def check(self):
        with tempfile.TemporaryDirectory() as folder:
            files = {"runner": self.runner, "publisher-1": self.publisher, **self.clients}
            for name, lines in files.items():
                with open(os.path.join(folder, name + ".ndjson"), "w") as file:
                    for line in lines:
                        file.write(json.dumps({"at": 0, "who": name, **line}) + "\n")
            judge = checker.Checker(folder)
            judge.check()
            out = io.StringIO()
            checker.tell(judge, out)
            return [violation["kind"] for violation in judge.violations], out.getvalue()


class CheckerTest(unittest.TestCase):
    def setUp(self):
        self.story = Story()

    def finds(self, *kinds):
        found, text = self.story.check()
        for kind in kinds:
            self.assertIn(kind, found, text)
        return text

    def finds_nothing(self):
        found, text = self.story.check()
        self.assertEqual([], found, text)

    def test_a_run_without_faults_has_no_violation(self):
        self.finds_nothing()

    def test_a_lost_event_is_found_and_both_records_are_printed(self):
        del self.story.clients["client-1"][self.story.find("client-1", "a-4")]
        text = self.finds("lost")
        self.assertIn("seed 42", text)
        # The event at the other client, and the one that came instead.
        self.assertRegex(text, r'client-2\.ndjson:\d+ .*"key\\": \\"a-4')
        self.assertRegex(text, r"client-1\.ndjson:\d+ ")

    def test_the_last_event_lost_by_one_client_is_found(self):
        del self.story.clients["client-2"][self.story.find("client-2", "a-11")]
        self.finds("behind")

    def test_a_doubled_event_is_found(self):
        lines = self.story.clients["client-1"]
        at = self.story.find("client-1", "a-4")
        lines.insert(at + 2, lines[at])
        self.finds("doubled")

    def test_swapped_events_are_found(self):
        lines = self.story.clients["client-1"]
        one, two = self.story.find("client-1", "a-4"), self.story.find("client-1", "a-5")
        lines[one], lines[two] = lines[two], lines[one]
        self.finds("swapped")

    def test_an_event_leaked_to_a_user_who_was_shut_out_is_found(self):
        self.story.runner.append({"did": "revoked", "user": "bob", "at": self.story.now - 8})
        text = self.finds("leaked")
        self.assertIn('"did": "revoked"', text)

    def test_a_user_who_was_shut_out_may_get_something_for_five_seconds(self):
        self.story.runner.append({"did": "revoked", "user": "bob", "at": self.story.now - 4})
        self.finds_nothing()

    def test_a_revocation_has_longer_while_a_fault_is_in_its_way(self):
        since = self.story.now - 8
        self.story.runner.append({"did": "revoked", "user": "bob", "at": since})
        self.story.runner.append({"did": "fault", "kind": "part", "at": since + 9, "began": since - 1, "until": since + 4})
        self.finds_nothing()

    def test_an_event_leaked_to_a_user_it_skips_is_found(self):
        self.story.publish("a", 12, skip=["bob"])
        self.finds("leaked")

    def test_a_skipped_user_lacks_nothing(self):
        self.story.publish("a", 12, skip=["bob"])
        del self.story.clients["client-2"][self.story.find("client-2", "a-12")]
        self.story.publish("a", 13)
        self.finds_nothing()

    def test_a_skipped_event_that_nobody_got_and_is_trimmed_is_not_lost(self):
        story = self.story
        story.clients["client-3"] = []
        story.open("client-3", "ann", None, "brief:0,.:e", channels=["brief"])
        data = json.dumps({"key": "two", "channel": "brief"})
        story.clients["client-3"].append(
            {"at": story.tick(), "did": "event", "type": "message", "data": data, "id": "brief:2,brief:1,.:e"})
        for key, number, skip in (("one", 1, ["ann"]), ("two", 2, [])):
            story.publisher += [
                {"did": "try", "key": key, "channel": "brief", "skip": skip},
                {"did": "acked", "key": key, "channel": "brief", "id": number},
            ]
        self.finds_nothing()
        story.publisher[-4]["skip"] = []
        self.finds("lost")

    def test_other_bytes_of_one_id_are_found(self):
        lines = self.story.clients["client-1"]
        at = self.story.find("client-1", "b-7")
        lines[at] = {**lines[at], "type": "other"}
        self.finds("other bytes")

    def test_an_acknowledged_event_that_is_not_stored_is_found(self):
        self.story.publisher += [
            {"did": "try", "key": "gone", "channel": "a"},
            {"did": "acked", "key": "gone", "channel": "a", "id": 12},
        ]
        self.finds("not stored")

    def test_a_committed_event_that_is_not_stored_is_found(self):
        self.story.publisher += [
            {"did": "try", "key": "gone", "channel": "a", "intent": "commit"},
            {"did": "committed", "key": "gone", "channel": "a"},
        ]
        self.finds("not stored")

    def test_an_event_stored_twice_under_one_key_is_found(self):
        data = json.dumps({"key": "a-3", "channel": "a"})
        self.story.runner.append({"did": "stored", "channel": "a", "id": 12, "type": "message", "data": data})
        self.finds("stored twice")

    def test_an_event_that_was_rolled_back_is_found(self):
        record = next(r for r in self.story.publisher if r["key"] == "b-2" and r["did"] == "try")
        record["intent"] = "roll-back"
        self.finds("rolled back")

    def test_an_event_that_nobody_published_is_found(self):
        self.story.publisher = [r for r in self.story.publisher if r["key"] != "b-9"]
        self.finds("invented")

    def test_a_hole_in_the_stored_ids_is_found(self):
        self.story.runner = [r for r in self.story.runner if r.get("id") != 6]
        self.finds("hole")

    def test_the_ids_of_pushpin_1_41_before_they_were_mended_are_found(self):
        """It lists all channels as they were before the event, the event's own too."""
        for lines in self.story.clients.values():
            for record in lines:
                if record["did"] == "event":
                    data = json.loads(record["data"])
                    own, number = data["key"].split("-")
                    record["id"] = record["id"].replace(f"{own}:{number}", f"{own}:{int(number) - 1}")
        self.finds("swapped", "another id")

    def test_the_same_ids_are_right_with_the_events_own_pair_first(self):
        for lines in self.story.clients.values():
            for record in lines:
                if record["did"] == "event":
                    own, number = json.loads(record["data"])["key"].split("-")
                    record["id"] = record["id"].replace(f"{own}:{number}", f"{own}:{number},{own}:{int(number) - 1}")
        self.finds_nothing()

    def test_a_position_that_passes_over_an_event_is_found(self):
        self.story.open("client-1", "ann", "a:11,b:10,.:e", "a:11,b:12,.:e")
        self.finds("lost")

    def test_a_client_that_comes_back_goes_on_where_it_was(self):
        self.story.open("client-1", "ann", "a:11,b:10,.:e", "a:11,b:10,.:e")
        self.story.publish("b", 11)
        self.finds_nothing()

    def reset(self, channel, at, reason="expired"):
        return {"at": self.story.tick(), "did": "reset", "id": at,
                "data": json.dumps({"channels": [channel], "reasons": {channel: reason}})}

    def test_a_reset_without_a_reason_is_found(self):
        self.story.clients["client-1"].append(self.reset("a", "a:11,b:10,.:e"))
        self.finds("reset")

    def brief(self, first_at, acked_after=0):
        """A client of a channel with a short history: away after 1, reset to 3. Event 2 is that old."""
        story = self.story
        story.clients["client-3"] = []
        story.open("client-3", "ann", None, "brief:1,.:e", channels=["brief"])
        for number in (1, 2, 3):
            key = f"brief-{number}"
            story.publisher += [
                {"did": "try", "key": key, "channel": "brief", "at": first_at},
                {"did": "acked", "key": key, "channel": "brief", "id": number, "at": first_at + acked_after},
            ]
        story.clients["client-3"].append(self.reset("brief", "brief:3,.:e"))

    def test_a_reset_by_retention_is_justified(self):
        self.brief(self.story.now - 30)
        self.finds_nothing()

    def test_an_event_is_as_old_as_the_first_attempt_to_publish_it(self):
        self.brief(self.story.now - 30, acked_after=25)
        self.finds_nothing()

    def test_a_reset_before_the_retention_has_passed_is_found(self):
        self.brief(self.story.now - 5)
        self.finds("reset")

    def test_a_wrong_clock_makes_events_old_where_it_counts(self):
        now = self.story.now
        self.brief(now - 5)
        self.story.runner.append({"did": "fault", "kind": "clock", "what": "clock-a", "detail": "-120 s",
                                  "began": now - 3, "until": now})
        self.story.runner[0]["store"] = "sqlite"
        self.finds_nothing()
        self.story.runner[0]["store"] = "postgres"
        self.finds("reset")

    def test_a_reset_after_a_restored_store_is_justified(self):
        self.story.runner.append({"did": "restored", "at": self.story.now})
        self.story.clients["client-1"].append(self.reset("a", "a:11,b:10,.:f", "unknown"))
        self.finds_nothing()

    def test_a_reader_that_is_refused_without_a_revocation_is_found(self):
        self.story.clients["client-1"].append(
            {"at": self.story.tick(), "did": "error", "data": '{"condition": "forbidden"}'})
        self.finds("refused reader")

    def test_a_client_that_is_at_the_head_too_late_is_found(self):
        self.story.now += 70
        self.story.publish("b", 11)
        for lines in self.story.clients.values():
            at = next(i for i, r in enumerate(lines) if r["did"] == "event" and json.loads(r["data"])["key"] == "b-10")
            record = lines.pop(at)
            record["at"] = self.story.now - 1
            lines.insert(-1, record)
        self.finds("slow")


if __name__ == "__main__":
    unittest.main()
