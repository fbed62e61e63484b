"""The page says what the figures say."""

import os
import unittest

import report


class ReportTest(unittest.TestCase):
    def test_the_page_is_made_of_the_figures(self):
        with open(os.path.join(report.TOP, "docs", "reliability.md")) as file:
            self.assertEqual(report.page(report.read()), file.read(), "run scripts/chaos --report")

    def test_no_line_of_its_text_is_too_long(self):
        for line in report.page(report.read()).splitlines():
            if not line.startswith("|"):
                self.assertLessEqual(len(line), 110, line)


if __name__ == "__main__":
    unittest.main()
