# ruff: noqa: SIM905 - words split on white space read better than one quoted word a line
"""The words of English and European addresses and the one spelling that each is folded to."""

__all__ = ["CANONICAL", "GLUED_ENDS", "STREET_TYPES", "UNIT_WORDS"]

_SPELLINGS = {
    "st": "street saint sankt sint str strasse straat ste",
    "ave": "avenue av aven avenida avda avd",
    "blvd": "boulevard bd boul bld",
    "rd": "road",
    "dr": "drive doctor",
    "ct": "court crt",
    "pl": "place platz plaza plz plein plac piazza pza",
    "sq": "square sqr",
    "ln": "lane",
    "ter": "terrace terr tce",
    "pkwy": "parkway pky pkway parkwy",
    "hwy": "highway hiway",
    "tpk": "turnpike tpke trnpk",
    "cir": "circle circ",
    "cres": "crescent crsnt",
    "pk": "park prk",
    "aly": "alley ally",
    "brg": "bridge brdg",
    "ext": "extension extn",
    "expy": "expressway expwy expway",
    "fwy": "freeway frwy",
    "gdns": "gardens gdn garden",
    "grv": "grove gro",
    "hts": "heights",
    "jct": "junction",
    "lndg": "landing",
    "ctr": "center centre cntr",
    "mt": "mount",
    "ft": "fort",
    "mtn": "mountain",
    "msgr": "monsignor monseigneur msr",
    "pt": "point",
    "rte": "route",
    "sta": "station",
    "walk": "wlk",
    "xing": "crossing",
    "all": "allee",
    "n": "north nord norte",
    "s": "south sud sur",
    "e": "east ost este est",
    "w": "west ouest oeste",
    "ne": "northeast",
    "nw": "northwest",
    "se": "southeast",
    "sw": "southwest",
    "ch": "chemin",
    "c": "calle",
    "and": "& und et y en",
    "at": "@",
    "1": "first 1st",
    "2": "second 2nd",
    "3": "third 3rd",
    "4": "fourth",
    "5": "fifth",
    "6": "sixth",
    "7": "seventh",
    "8": "eighth",
    "9": "ninth",
    "10": "tenth",
    "11": "eleventh",
    "12": "twelfth",
}
CANONICAL = {spelling: word for word, spellings in _SPELLINGS.items() for spelling in spellings.split()}
# Words that say what a street is; people leave them out.
STREET_TYPES = frozenset(
    """
    st ave blvd rd dr ct pl sq ln ter pkwy hwy tpk cir cres pk aly brg ext expy fwy gdns grv lndg ctr way row
    walk mews hill weg all rue via gasse path oval loop
    """.split()
)
# Ends that German and Dutch grow onto the name.
GLUED_ENDS = ("strasse", "straat", "str")
UNIT_WORDS = frozenset(
    "# apt apartment unit suite fl floor rm room ph bldg bsmt basement appt wohnung".split()
)
