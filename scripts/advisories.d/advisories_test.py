"""What scripts/check-advisories says. Run by scripts/test:
python3 -m unittest discover -s scripts/advisories.d -p '*_test.py'"""

import datetime
import json
import os
import subprocess
import tempfile
import unittest
import zipfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NOW = datetime.datetime.now(datetime.timezone.utc)


def advisory(id_, name, *events, days_old=0, ecosystem="Maven", versions=(), **more):
    """In the shape in which osv.dev publishes them."""
    return {
        "schema_version": "1.7.0", "id": id_, "summary": "something bad",
        "modified": (NOW - datetime.timedelta(days=days_old)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "affected": [{
            "package": {"ecosystem": ecosystem, "name": name}, "versions": list(versions),
            "ranges": [{"type": "ECOSYSTEM", "events": [dict([event]) for event in events]}] if events else []}],
        **more}


def old_jackson():
    return advisory("GHSA-5ww9-j83m-q7qx", "com.fasterxml.jackson.core:jackson-databind",
                    ("introduced", "2.9.0"), ("fixed", "2.9.9"), aliases=["CVE-2019-12086"])


class AdvisoriesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def check(self, components, advisories, *options, zipped=False):
        sbom = os.path.join(self.folder, "bom.json")
        with open(sbom, "w") as file:
            json.dump({"bomFormat": "CycloneDX", "components": [{"purl": purl} for purl in components]}, file)
        data = os.path.join(self.folder, "all.zip" if zipped else "all.ndjson")
        if zipped:
            with zipfile.ZipFile(data, "w") as file:
                for one in advisories:
                    file.writestr(one["id"] + ".json", json.dumps(one))
        else:
            with open(data, "w") as file:
                file.writelines(json.dumps(one) + "\n" for one in advisories)
        ran = subprocess.run([TOP + "/scripts/check-advisories", "--sbom", sbom, *options, data],
                             check=False, capture_output=True, text=True)
        return ran.returncode, ran.stdout + ran.stderr

    def test_affected_components_are_named_with_the_version_that_mends_them(self):
        """One run for all cases, since each takes seconds."""
        code, text = self.check(
            ["pkg:maven/com.fasterxml.jackson.core/jackson-databind@2.9.8?type=jar",
             "pkg:maven/a/last@1.0", "pkg:maven/a/beyond@1.0.1", "pkg:maven/a/listed@3", "pkg:maven/a/fixed@2.0",
             "pkg:maven/a/candidate@2.0-rc1", "pkg:maven/a/again@2.5", "pkg:maven/a/between@1.5",
             "pkg:maven/a/ten@1.10", "pkg:maven/a/withdrawn@1", "pkg:maven/a/other@1", "pkg:maven/a/known@1",
             "pkg:maven/org.webjars.npm/plot@1.0.0?type=jar"],
            [old_jackson(),
             advisory("LAST", "a:last", ("introduced", "0"), ("last_affected", "1.0")),
             advisory("BEYOND", "a:beyond", ("introduced", "0"), ("last_affected", "1.0")),
             advisory("LISTED", "a:listed", versions=["3"]),
             advisory("FIXED", "a:fixed", ("introduced", "0"), ("fixed", "2.0")),
             advisory("CANDIDATE", "a:candidate", ("introduced", "0"), ("fixed", "2.0")),
             advisory("AGAIN", "a:again", ("introduced", "0"), ("fixed", "1"), ("introduced", "2"), ("fixed", "3")),
             advisory("BETWEEN", "a:between", ("introduced", "0"), ("fixed", "1"), ("introduced", "2"), ("fixed", "3")),
             advisory("TEN", "a:ten", ("introduced", "0"), ("fixed", "1.9")),
             advisory("WITHDRAWN", "a:withdrawn", ("introduced", "0"), withdrawn="2020-01-01T00:00:00Z"),
             advisory("OTHER", "b:other", ("introduced", "0")),
             advisory("KNOWN", "a:known", ("introduced", "0"), aliases=["CVE-1"]),
             advisory("PLOT", "plot", ("introduced", "0"), ("fixed", "1.0.1"), ecosystem="npm")],
            "--ignore", "CVE-1", zipped=True)
        self.assertEqual(1, code, text)
        self.assertIn("GHSA-5ww9-j83m-q7qx CVE-2019-12086: com.fasterxml.jackson.core:jackson-databind 2.9.8, "
                      "fixed in 2.9.9: something bad", text)
        self.assertIn("LAST: a:last 1.0, not fixed", text)
        for id_ in ("LISTED", "CANDIDATE", "AGAIN", "PLOT"):
            self.assertIn("\n" + id_ + ": ", "\n" + text)
        for id_ in ("BEYOND", "FIXED", "BETWEEN", "TEN", "WITHDRAWN", "OTHER", "KNOWN"):
            self.assertNotIn(id_, text)

    def test_components_that_no_advisory_affects_are_good(self):
        code, text = self.check(["pkg:maven/com.fasterxml.jackson.core/jackson-databind@2.21.0"], [old_jackson()])
        self.assertEqual(0, code, text)
        self.assertIn("0 affect us", text)

    def test_data_that_is_old_is_no_proof(self):
        code, text = self.check(["pkg:maven/a/b@1"], [advisory("OLD", "c:d", ("introduced", "0"), days_old=31)])
        self.assertEqual(2, code, text)
        self.assertIn("fetch the data again", text)

    def test_data_that_is_broken_is_no_proof(self):
        code, text = self.check(["pkg:maven/a/b@1"], [old_jackson(), {"id": "X"}])
        self.assertEqual(2, code, text)
        self.assertIn("line 2 is not an advisory", text)


if __name__ == "__main__":
    unittest.main()
