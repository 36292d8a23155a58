"""Load by wrk: so many connections at once, how many answers a second, how slow the slowest hundredth."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

THREADS = 2
MISSING = "wrk is not installed (apt-get install wrk), so requests a second were not measured"
STATUSES = ("s200", "s304", "s429", "s503", "other")

# Counts the statuses of all threads and prints them as JSON. "locate" asks for another place each time.
SCRIPT = """
local threads = {}
function setup(thread)
  thread:set("number", #threads + 1)
  table.insert(threads, thread)
end
function init(args)
  mode, path, etag = args[1], args[2], args[3]
  west, south, east, north = tonumber(args[4]), tonumber(args[5]), tonumber(args[6]), tonumber(args[7])
  s200, s304, s429, s503, other = 0, 0, 0, 0, 0
  math.randomseed(number)
  headers = {["Accept-Encoding"] = "gzip"}
  if etag ~= "-" then headers["If-None-Match"] = etag end
end
function request()
  if mode ~= "locate" then return wrk.format("GET", path, headers) end
  local lon = west + (east - west) * math.random()
  local lat = south + (north - south) * math.random()
  return wrk.format("GET", string.format("%s?lon=%.6f&lat=%.6f", path, lon, lat), headers)
end
function response(status)
  if status == 200 then s200 = s200 + 1
  elseif status == 304 then s304 = s304 + 1
  elseif status == 429 then s429 = s429 + 1
  elseif status == 503 then s503 = s503 + 1
  else other = other + 1 end
end
function done(summary, latency)
  local sums = {s200 = 0, s304 = 0, s429 = 0, s503 = 0, other = 0}
  for _, thread in ipairs(threads) do
    for name in pairs(sums) do sums[name] = sums[name] + thread:get(name) end
  end
  local errors = summary.errors
  io.write("JSON{")
  for name, n in pairs(sums) do io.write(string.format('"%s": %d, ', name, n)) end
  io.write(string.format('"requests": %d, "seconds": %.6f, ', summary.requests, summary.duration / 1e6))
  local p50, p99 = latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  io.write(string.format('"p50_ms": %.3f, "p99_ms": %.3f, ', p50, p99))
  local broken = errors.connect + errors.read + errors.write
  io.write(string.format('"errors": %d, "slow": %d}\\n', broken, errors.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """What came of a load."""

    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int
    timeouts: int
    statuses: dict[str, int]


def has_wrk() -> bool:
    """Tell whether wrk is installed."""
    return shutil.which("wrk") is not None


def put_load(
    address: str,
    path: str,
    folder: Path,
    *,
    seconds: int,
    connections: int = 64,
    etag: str = "-",
    box: tuple[float, float, float, float] | None = None,
) -> Load:
    """Return what comes of asking for a path over and over.

    Parameters
    ----------
    address
        Of the service.
    path
        What to ask for.
    folder
        Where wrk's script is written.
    seconds, connections
        How long, how many at once.
    etag
        What the client says that it has already.
    box
        Asks for another place of this window each time.
    """
    script = folder / "load.lua"
    script.write_text(SCRIPT, encoding="utf-8")
    mode = "plain" if box is None else "locate"
    call = [
        "wrk",
        f"-t{THREADS}",
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        "10s",
        "-s",
        str(script),
        address,
    ]
    call += ["--", mode, path, etag, *map(str, box or (0, 0, 0, 0))]
    done = subprocess.run(call, check=True, capture_output=True, text=True)
    said = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("JSON"))[4:])
    statuses = {name: said[name] for name in STATUSES}
    per_second = said["requests"] / said["seconds"]
    return Load(per_second, said["p50_ms"], said["p99_ms"], said["errors"], said["slow"], statuses)
