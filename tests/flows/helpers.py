"""Reading what a command line printed."""

import csv
import io


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def assert_failed(done, code, words):
    """One sentence on stderr, nothing on stdout."""
    assert (done.code, done.out) == (code, "")
    (line,) = [line for line in done.err.splitlines() if line.startswith("Error: ")]
    assert words in line
    assert "Traceback" not in done.err
