"""The log: one line of JSON for each thing, whatever stands in it."""

import json
import logging
import sys

from gridgeo_web.logs import JsonLines
from hypothesis import given
from hypothesis import strategies as st


def line_of(message, **extra):
    record = logging.LogRecord("gridgeo_web.x", logging.WARNING, "f", 1, message, (), None)
    vars(record).update(extra)
    return JsonLines().format(record)


@given(st.text(), st.text())
def test_no_text_makes_a_second_line(message, path):
    line = line_of(message.replace("%", "%%"), path=path)
    assert "\n" not in line
    assert "\r" not in line
    said = json.loads(line)
    assert said["path"] == path
    assert said["level"] == "warning"


def test_an_error_has_its_traceback_in_the_same_line():
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
    said = json.loads(JsonLines().format(record))
    assert "ValueError: two\nlines" in said["traceback"]
    assert said["at"].endswith("Z")
