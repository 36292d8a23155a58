"""The log: one JSON object a line on standard error, for people with grep and for collecting programs."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

__all__ = ["JsonLines", "start_log"]

# What every record has; all else was given as ``extra`` and belongs into the line.
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON: time, level, logger, message, and what was given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. Line breaks in texts are escaped, so nobody forges a second one."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at.replace("+00:00", "Z"), "level": record.levelname.lower(), "by": record.name}
        line["message"] = record.getMessage()
        line |= {name: value for name, value in vars(record).items() if name not in USUAL}
        if record.exc_info:
            line["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def start_log(level: str = "INFO") -> None:
    """Let all that gridgeo and the server log leave as JSON lines on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # waitress warns about its queue at every second request of a crowd; our own 503 says it better
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
