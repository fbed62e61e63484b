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
        self.runner = [{"did": "settings", "seed": 42, "ttl": {"brief": 20}}, {"did": "epoch", "epoch": "e"}]
        self.publisher = []
        self.epoch = "e"
        self.backups = []
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

    def publish(self, channel, number, key=None, **more):
        key = key or f"{channel}-{number}"
        data = json.dumps({"key": key, "channel": channel, **more})
        self.publisher += [
            {"at": self.tick(), "did": "try", "key": key, "channel": channel},
            {"at": self.now, "did": "acked", "key": key, "channel": channel, "id": number, "epoch": self.epoch},
        ]
        self.store(channel, number, data)
        other = "b" if channel == "a" else "a"
        done = number - 1 if channel == "a" else number
        for records in self.clients.values():
            records.append({"at": self.now, "did": "event", "type": "message", "data": data,
                            "id": f"{channel}:{number},{other}:{min(done, 10)},.:{self.epoch}"})

    def store(self, channel, number, data):
        self.runner.append({"did": "stored", "channel": channel, "id": number, "type": "message", "data": data})

    def stored(self):
        return [record for record in self.runner if record["did"] == "stored"]

    def back_up(self):
        self.runner.append({"did": "backup", "number": len(self.backups), "began": self.tick()})
        self.backups.append(self.stored())

    def restore(self, epoch="f", back=("client-1", "client-2")):
        """Puts the last backup back; these clients return, and are reset."""
        self.runner = [r for r in self.runner if r["did"] != "stored" or r in self.backups[-1]]
        began = self.tick()
        self.runner.append({"did": "restored", "backup": len(self.backups) - 1, "began": began,
                            "until": self.tick(), "epoch": epoch})
        self.epoch = epoch
        for name in back:
            self.come_back(name)
        next(r for r in self.runner if r["did"] == "last-fault")["at"] = self.now

    def come_back(self, name):
        lines = self.clients[name]
        at = next(r["id"] for r in reversed(lines) if "id" in r)
        self.open(name, next(r["user"] for r in lines if r["did"] == "open"), at, at)
        heads = {c: max(r["id"] for r in self.stored() if r["channel"] == c) for c in ("a", "b")}
        lines.append({"at": self.tick(), "did": "reset", "id": f'a:{heads["a"]},b:{heads["b"]},.:{self.epoch}',
                      "data": json.dumps({"channels": ["a", "b"], "reasons": {"a": "unknown", "b": "unknown"}})})

    def reset_of(self, name):
        return next(r for r in reversed(self.clients[name]) if r["did"] == "reset")

    def find(self, name, key):
        return next(i for i, record in enumerate(self.clients[name])
                    if record["did"] == "event" and json.loads(record["data"])["key"] == key)

    def check(self):
        with tempfile.TemporaryDirectory() as folder:
            # What is stored is asked at the end.
            runner = sorted(self.runner, key=lambda record: record["did"] == "stored")
            files = {"runner": runner, "publisher-1": self.publisher, **self.clients}
            for name, lines in files.items():
                with open(os.path.join(folder, name + ".ndjson"), "w") as file:
                    for line in lines:
                        if line["did"] in ("acked", "stored"):
                            line = {"epoch": self.epoch, **line}
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

    def test_a_stream_that_an_instance_answers_with_500_is_found(self):
        self.story.clients["client-1"].append({"at": self.story.now, "did": "closed", "why": "status 503"})
        self.finds_nothing()
        self.story.clients["client-1"].append({"at": self.story.now, "did": "closed", "why": "status 500"})
        self.finds("server error")

    def test_500_from_pushpin_which_starts_is_no_violation(self):
        lines = self.story.clients["client-1"]
        lines[0]["mode"] = "proxied"
        lines.append({"at": self.story.now, "did": "closed", "why": "status 500"})
        self.finds_nothing()

    def test_a_publication_that_is_answered_with_500_is_found(self):
        self.story.publisher.insert(1, {"at": self.story.now, "did": "failed", "key": "a-1", "why": "500 oops"})
        self.finds("server error")

    def test_an_instance_that_ends_by_itself_is_found(self):
        self.story.runner.append({"did": "ended", "what": "instance-a", "after": 300})
        self.assertIn("instance-a ended by itself", self.finds("ended"))

    def test_an_instance_that_ends_at_its_start_and_a_proxy_that_ends_are_no_violation(self):
        self.story.runner.append({"did": "ended", "what": "instance-a", "after": 5})
        self.story.runner.append({"did": "ended", "what": "pushpin-a", "after": 300})
        self.finds_nothing()

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

    def test_an_event_that_broke_off_is_found_and_its_client_lacks_it(self):
        record = self.story.clients["client-1"][self.story.find("client-1", "a-5")]
        record["data"] = record["data"][:12] + "event: keep-alive\n"
        self.finds("broken", "lost")

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
        self.story.store("a", 12, json.dumps({"key": "a-3", "channel": "a"}))
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

    def test_a_clock_of_the_whole_machine_makes_events_old_everywhere(self):
        now = self.story.now
        self.brief(now - 5)
        self.story.runner.append({"did": "fault", "kind": "machine clock", "what": "machine", "detail": "+36.0 s",
                                  "began": now - 3, "until": now - 2})
        self.story.runner[0]["store"] = "postgres"
        self.finds_nothing()
        self.story.runner[-1].update(began=now - 61, until=now - 60)
        self.finds_nothing()
        self.story.runner[-1].update(began=now - 71, until=now - 70)
        self.finds("reset")

    def test_a_reader_that_is_refused_without_a_revocation_is_found(self):
        self.story.clients["client-1"].append(
            {"at": self.story.tick(), "did": "error", "data": '{"condition": "forbidden"}'})
        self.finds("refused reader")

    def test_a_user_whose_revocation_was_not_answered_may_be_refused_and_get_less(self):
        story = self.story
        del story.clients["client-2"][story.find("client-2", "a-11")]
        story.clients["client-2"].append({"at": story.tick(), "did": "error", "data": '{"condition": "forbidden"}'})
        self.finds("refused reader", "behind")
        story.runner.append({"did": "revoking", "user": "bob"})
        self.finds_nothing()

    def test_a_client_that_is_at_the_head_too_late_is_found(self):
        self.story.now += 70
        self.story.publish("b", 11)
        for lines in self.story.clients.values():
            at = next(i for i, r in enumerate(lines) if r["did"] == "event" and json.loads(r["data"])["key"] == "b-10")
            record = lines.pop(at)
            record["at"] = self.story.now - 1
            lines.insert(-1, record)
        self.finds("slow")


class RestoreTest(unittest.TestCase):
    """A backup that has ten and eleven events; a twelfth is gone, and another one comes in its place."""

    finds = CheckerTest.finds
    finds_nothing = CheckerTest.finds_nothing

    def setUp(self):
        self.story = Story()

    def restored(self, back=("client-1", "client-2")):
        story = self.story
        story.back_up()
        story.publish("a", 12, "gone")
        story.restore(back=back)
        story.publish("a", 12, "new")
        story.publish("a", 13, "newer")
        return story

    def test_a_run_with_a_restore_has_no_violation(self):
        self.restored()
        self.finds_nothing()

    def test_a_client_that_was_away_in_two_restores_is_reset_once(self):
        story = self.story
        story.back_up()
        story.restore(back=["client-1"])
        story.back_up()
        story.restore("g")
        story.publish("b", 11)
        self.finds_nothing()

    def test_an_event_that_is_lost_after_a_restore_is_found(self):
        story = self.restored()
        del story.clients["client-1"][story.find("client-1", "new")]
        self.finds("lost")

    def test_an_event_that_was_lost_before_a_restore_remains_lost(self):
        story = self.restored()
        del story.clients["client-1"][story.find("client-1", "a-4")]
        self.finds("lost")

    def test_a_user_who_was_skipped_before_a_restore_lacks_nothing(self):
        story = self.story
        story.back_up()
        story.publish("a", 12, "gone", skip=["bob"])
        del story.clients["client-2"][story.find("client-2", "gone")]
        story.publish("a", 13, "gone-too")
        story.restore()
        story.publish("a", 12, "new")
        self.finds_nothing()

    def test_a_doubled_event_after_a_restore_is_found(self):
        story = self.restored()
        at = story.find("client-1", "new")
        story.clients["client-1"].insert(at + 1, story.clients["client-1"][at])
        self.finds("doubled")

    def test_swapped_events_after_a_restore_are_found(self):
        story = self.restored()
        lines = story.clients["client-1"]
        one, two = story.find("client-1", "new"), story.find("client-1", "newer")
        lines[one], lines[two] = lines[two], lines[one]
        self.finds("swapped")

    def test_another_epoch_without_a_reset_is_found(self):
        story = self.restored(back=["client-1"])
        # It has one channel, so that no other one shows it.
        lines = story.clients["client-2"]
        for record in lines:
            record.update(channels=["a"]) if record["did"] == "open" else None
            record["id"] = record.get("id", "").replace(",b:10", "")
        story.clients["client-2"] = [r for r in lines if r["did"] != "event" or '"channel": "b"' not in r["data"]]
        self.finds("no reset")

    def test_another_epoch_at_the_beginning_of_a_stream_without_a_reset_is_found(self):
        story = self.restored(back=["client-2"])
        lines = story.clients["client-1"]
        del lines[story.find("client-1", "new"):]
        story.open("client-1", "ann", "a:12,b:10,.:e", "a:13,b:10,.:f")
        self.finds("no reset")

    def test_a_reset_that_leaves_out_a_channel_is_found(self):
        story = self.restored()
        story.reset_of("client-1")["data"] = json.dumps({"channels": ["a"], "reasons": {"a": "unknown"}})
        self.finds("no reset")

    def test_a_second_reset_for_one_restore_is_found(self):
        story = self.restored()
        story.clients["client-1"].append(dict(story.reset_of("client-1"), at=story.tick(), id="a:13,b:10,.:f"))
        self.finds("reset")

    def test_a_reset_for_a_restore_that_never_was_is_found(self):
        self.story.epoch = "f"
        self.story.come_back("client-1")
        self.story.epoch = "e"
        self.finds("reset", "epoch")

    def test_a_reset_by_a_restore_that_tells_another_reason_is_found(self):
        story = self.restored()
        record = story.reset_of("client-1")
        record["data"] = record["data"].replace("unknown", "expired")
        self.finds("reset")

    def test_a_reset_to_before_what_the_backup_had_is_found(self):
        self.restored().reset_of("client-1")["id"] = "a:10,b:10,.:f"
        self.finds("reset")

    def test_a_client_that_is_never_reset_is_found(self):
        story = self.story
        story.back_up()
        story.publish("a", 12, "gone")
        story.restore(back=["client-1"])
        story.publish("a", 12, "new")
        # By the numbers it is at the head.
        story.clients["client-2"].pop()
        self.finds("behind")

    def late(self):
        """After a restore that took more away than came since, a client gets its reset, and all else, too late."""
        story = self.story
        story.back_up()
        for number in (12, 13, 14):
            story.publish("a", number, f"gone-{number}")
        story.restore()
        story.publish("a", 12, "new")
        since = story.tick()
        next(r for r in story.runner if r["did"] == "last-fault")["at"] = since
        lines = story.clients["client-2"]
        first = next(i for i, r in enumerate(lines) if r.get("id", "").endswith(".:f"))
        for record in lines[first:]:
            record["at"] = since + 70
        # It had not left.
        del lines[first - 2:first]

    def test_a_restore_that_takes_away_more_than_comes_since_has_no_violation(self):
        story = self.story
        story.back_up()
        story.publish("a", 12)
        story.publish("a", 13)
        story.restore()
        self.finds_nothing()

    def test_a_client_that_is_reset_too_late_is_found(self):
        self.late()
        self.assertIn("at the head of a after 70", self.finds("slow"))

    def test_a_client_is_not_at_the_head_by_the_ids_of_before_the_restore(self):
        self.late()
        lines = self.story.clients["client-2"]
        event = lines[self.story.find("client-2", "gone-14")]
        event["at"] = self.story.now + 1
        self.assertIn("at the head of a after 70", self.finds("slow"))

    def test_an_event_of_a_short_history_has_the_same_bytes_at_all_clients(self):
        story = self.story
        for name, type_ in (("client-3", "message"), ("client-4", "other")):
            story.clients[name] = []
            story.open(name, "ann", None, "brief:0,.:e", channels=["brief"])
            story.clients[name].append({"at": story.tick(), "did": "event", "type": type_, "id": "brief:1,.:e",
                                        "data": json.dumps({"key": "one", "channel": "brief"})})
        self.finds("other bytes")

    def test_an_event_of_before_in_a_connection_of_after_a_restore_is_found(self):
        story = self.restored()
        lines = story.clients["client-1"]
        event = lines.pop(story.find("client-1", "gone"))
        lines.insert(lines.index(story.reset_of("client-1")), event)
        self.finds("old epoch")

    def test_a_reset_of_before_in_a_connection_of_after_a_restore_is_found(self):
        story = self.restored()
        lines, reset = story.clients["client-1"], story.reset_of("client-1")
        lines.insert(lines.index(reset), {**reset, "id": "a:12,b:10,.:e"})
        self.finds("old epoch")

    def test_a_new_client_that_is_told_the_epoch_of_before_is_found(self):
        story = self.restored()
        story.clients["client-3"] = []
        story.open("client-3", "ann", None, "brief:0,.:e", channels=["brief"])
        self.finds("old epoch")

    def test_events_that_are_stored_in_the_epoch_of_before_are_found(self):
        self.restored().stored()[-1]["epoch"] = "e"
        self.finds("old epoch")

    def test_a_restored_storage_that_keeps_its_epoch_is_found(self):
        self.story.back_up()
        self.story.restore("e", back=())
        self.finds("epoch")

    def test_an_epoch_of_nowhere_is_found(self):
        lines = self.story.clients["client-1"]
        lines[-1]["id"] = lines[-1]["id"].replace(".:e", ".:x")
        self.finds("epoch")

    def test_other_bytes_of_one_id_after_a_restore_are_found(self):
        story = self.restored()
        lines = story.clients["client-1"]
        at = story.find("client-1", "new")
        lines[at] = {**lines[at], "type": "other"}
        self.finds("other bytes")

    def test_an_event_that_is_another_one_since_a_restore_is_found(self):
        story = self.restored()
        record = next(r for r in story.stored() if r["id"] == 5)
        story.runner[story.runner.index(record)] = {**record, "type": "other"}
        self.finds("other bytes")

    def test_an_acknowledged_event_of_before_the_backup_that_is_gone_is_found(self):
        story = self.restored()
        story.runner = [r for r in story.runner if r["did"] != "stored" or json.loads(r["data"])["key"] != "a-11"]
        self.finds("not stored")

    def test_an_event_that_a_client_saw_before_the_backup_and_that_is_gone_is_found(self):
        story = self.restored()
        story.runner = [r for r in story.runner if r["did"] != "stored" or json.loads(r["data"])["key"] != "a-11"]
        story.publisher = [r for r in story.publisher if (r["did"], r["key"]) != ("acked", "a-11")]
        self.finds("not stored")

    def test_an_acknowledged_event_of_after_the_restore_that_is_gone_is_found(self):
        story = self.restored()
        story.publisher += [
            {"did": "try", "key": "late", "channel": "b"},
            {"did": "acked", "key": "late", "channel": "b", "id": 11},
        ]
        self.finds("not stored")

    def commit(self, key):
        at = self.story.tick()
        self.story.publisher += [
            {"at": at, "did": "try", "key": key, "channel": "a", "intent": "commit"},
            {"at": at, "did": "committed", "key": key, "channel": "a"},
        ]

    def test_a_transaction_may_be_gone_that_was_committed_between_backup_and_restore(self):
        self.story.back_up()
        self.commit("between")
        self.story.restore()
        self.finds_nothing()

    def test_a_transaction_that_was_committed_before_the_backup_and_is_gone_is_found(self):
        self.commit("before")
        self.story.back_up()
        self.story.restore()
        self.finds("not stored")

    def test_a_transaction_that_was_committed_after_the_restore_and_is_gone_is_found(self):
        self.story.back_up()
        self.story.restore()
        self.commit("after")
        self.finds("not stored")

    def test_an_event_may_have_another_id_if_the_backup_was_begun_before_it_had_one(self):
        """A transaction whose event had no id yet: it gets one again."""
        story = self.story
        story.back_up()
        story.publish("a", 12, "row")
        story.restore()
        story.publish("a", 12, "new")
        story.publish("a", 13, "row")
        # Nobody was told an id.
        story.publisher = [r for r in story.publisher if (r["did"], r["key"]) != ("acked", "row")]
        self.finds_nothing()

    def test_a_second_id_of_a_key_that_the_backup_had_is_found(self):
        story = self.restored()
        story.publish("a", 14, "a-9")
        story.publisher.pop()
        self.finds("stored twice")

    def test_an_acknowledged_id_that_is_another_one_since_a_restore_is_found(self):
        story = self.restored()
        # No client saw it before.
        for lines in story.clients.values():
            for record in lines:
                if record["did"] == "event" and '"a-11"' in record["data"]:
                    lines.remove(record)
                    break
        record = next(r for r in story.stored() if r["id"] == 11)
        story.runner.remove(record)
        story.store("a", 14, record["data"])
        self.finds("another id")

    def test_a_revocation_that_the_backup_lacks_counts_again_when_it_is_repeated(self):
        story = self.story
        story.back_up()
        story.runner.append({"did": "revoked", "user": "bob", "at": story.tick()})
        story.now += 20
        story.restore()
        story.publish("b", 11)
        self.finds_nothing()
        story.runner.append({"did": "revoked", "user": "bob", "at": story.tick()})
        story.now += 20
        story.publish("b", 12)
        self.finds("leaked")

    def test_a_revocation_that_the_backup_has_counts_after_a_restore(self):
        story = self.story
        story.runner.append({"did": "revoked", "user": "bob", "at": story.tick()})
        story.back_up()
        story.now += 20
        story.restore()
        self.finds("leaked")


if __name__ == "__main__":
    unittest.main()
