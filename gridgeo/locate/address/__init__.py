"""How addresses are written: folding, numbers, and the rules of each way of writing."""

from gridgeo.locate.address.chinese import ChineseScript
from gridgeo.locate.address.european import EuropeanScript, ParsedAddress, parse_address
from gridgeo.locate.address.script import Script

__all__ = ["SCRIPTS", "ChineseScript", "EuropeanScript", "ParsedAddress", "Script", "parse_address"]

SCRIPTS: dict[str, Script] = {"chinese": ChineseScript(), "european": EuropeanScript()}
