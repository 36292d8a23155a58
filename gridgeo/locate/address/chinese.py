"""How Chinese addresses are written: what to fold, what may be left out, which words tell nearness."""

import re
from functools import lru_cache

from gridgeo.locate.address.numbers import AddressNumber, find_numbers
from gridgeo.locate.address.sound import to_sound
from gridgeo.locate.address.text import NormalText, fold_characters

__all__ = ["ChineseScript"]

# Written between the parts of an address, or by a slip inside a name; they carry nothing.
_SEPARATORS = frozenset(" \t\n\r\u3000,，、·•・()（）[]【】{}「」『』《》〈〉<>\"'“”‘’*\u200b\ufeff")
_STREET_ENDS = ("大道", "大街", "公路", "路", "街", "巷", "道", "弄", "里", "胡同", "线")
_COMPOUND_ENDS = (
    "住宅小区", "小区", "花园", "家园", "公寓", "新村", "大厦", "广场",
    "苑", "园", "庭", "城", "府", "湾", "居", "院", "里",
)  # fmt: skip
_KIND_ENDS = (
    "幼儿园", "派出所", "服务中心", "大楼", "中心", "公司", "超市", "医院", "学校", "小学", "中学", "大学",
    "酒店", "宾馆", "银行", "公园", "药店", "菜场", "市场", "站", "店", *_COMPOUND_ENDS, *_STREET_ENDS,
)  # fmt: skip
_COMMUNITY_TAILS = re.compile("(社区|村|居)?(居民委员会|村民委员会|居委会|村委会|委员会|社区)$")
_ADMIN_ENDS = ("街道办事处", "街道", "地区办事处", "镇", "乡", "区", "县", "市", "省", "自治区")
_NEAR = re.compile("附近|对面|旁边|旁|周边|一带|斜对面|后面|前面|[东南西北]侧|隔壁|不远|那边")
_JOIN = re.compile("^[与和及跟同交/&]$")
# with 路口 behind it, even a slip at the joint does not hide that two streets meet
_JOINT = re.compile("^.?[与和及跟同至到交/&-]?.?$")
_MEETING = re.compile(
    "([与和及跟同交])[^与和及跟同。！？]{2,7}?(的?(?:交叉|交汇|交界|交会|路口|十字|转角|拐角|口))"
)
_RESIDENCE = re.compile("(住在|家住|住址|户籍|反映人|投诉人|联系地址|来电人|本人住)[是为在:：住]{0,3}$")
_FOREIGN = re.compile(
    "([\u4e00-\u9fff]{2,7}?)(省|(?<![超城夜菜门集股上])市(?![场民政容])|自治州|自治区|县|(?<![小社园校景地厂矿片])区)"
)


class ChineseScript:
    """The spelling rules of Chinese addresses."""

    name = "chinese"
    numbers_lead = False
    whole_words = False
    min_fuzzy = 3
    longest_window = 14

    def normalize(self, source: str) -> NormalText:
        """Return the folded text without separators; one blank stays where digits or letters would meet."""
        folded = fold_characters(source)
        if not any(c in _SEPARATORS for c in folded.text):
            return folded
        kept: list[str] = []
        places: list[int] = []
        pending = -1
        for at, character in enumerate(folded.text):
            if character in _SEPARATORS:
                pending = at
                continue
            if pending >= 0 and kept and _is_latin(kept[-1]) and _is_latin(character):
                kept.append(" ")
                places.append(pending)
            pending = -1
            kept.append(character)
            places.append(at)
        starts = [folded.starts[at] for at in places]
        return NormalText(source, "".join(kept), starts, [folded.ends[at] for at in places])

    @staticmethod
    @lru_cache(maxsize=200_000)
    def fold_name(name: str) -> str:
        """Return a name as :meth:`normalize` would leave it in a text."""
        return _CHINESE.normalize(name).text

    def find_numbers(self, text: str) -> list[AddressNumber]:
        """Return the numbers of an address in a folded text."""
        return find_numbers(text)

    def to_sound(self, text: str) -> str:
        """Return the text by sound, character for character."""
        return to_sound(text)

    def short_forms(self, name: str, kind: str) -> list[tuple[str, bool]]:
        """Return the shorter forms of a folded name, and whether each needs a number beside it to count."""
        if kind == "street":
            return [(stem, True) for stem in _stems(name, _STREET_ENDS)]
        if kind == "compound":
            return [(stem, True) for stem in _stems(name, _COMPOUND_ENDS)]
        if kind == "community":
            return self._community_forms(name)
        if kind == "area":
            return [(stem, True) for stem in _stems(name, _ADMIN_ENDS)]
        return []

    def own_part(self, name: str) -> str:
        """Return a name without the words that say what kind of thing it is: 丽景 of 丽景广场."""
        return next(
            (name[: -len(end)] for end in _KIND_ENDS if name.endswith(end) and len(name) > len(end)), name
        )

    def _community_forms(self, name: str) -> list[tuple[str, bool]]:
        """Return the everyday forms of a community's name."""
        stem = _COMMUNITY_TAILS.sub("", name)
        if len(stem) < 2:
            return []
        ending = "村" if "村" in name[len(stem) :] else "社区"
        forms = [stem + ending, stem + "居委会" if ending == "社区" else stem + "村委会"]
        return [(form, False) for form in forms if form != name]

    def is_near(self, text: str, start: int, end: int) -> bool:
        """Return whether a word such as 附近 or 对面 follows the place."""
        return _NEAR.match(text, end) is not None

    def is_crossing(self, between: str, following: str) -> bool:
        """Return whether two streets with this text between and behind them name their crossing."""
        meets = "口" in following[:4] or following[:2] in ("交汇", "交界", "交叉", "转角", "拐角")
        return (_JOINT.match(between) is not None) if meets else (_JOIN.match(between) is not None)

    def crossing_spans(self, text: str) -> list[tuple[int, int, int]]:
        """Return where two streets are said to meet: the end of the first, start and end of the second."""
        return [(m.start(), m.end(1), m.start(2)) for m in _MEETING.finditer(text)]

    def is_residence(self, text: str, start: int) -> bool:
        """Return whether the text before the place says that it is the writer's home, not the matter's."""
        return _RESIDENCE.search(text, max(0, start - 10), start) is not None

    def names_foreign_area(self, text: str, known: frozenset[str], elsewhere: frozenset[str]) -> bool:
        """Return whether the text names a place elsewhere, or a district that is none of the known ones."""
        if any(name in text for name in elsewhere):
            return True
        return any(not _is_known(match, known) for match in _FOREIGN.finditer(text))

    def is_breaking(self, between: str) -> bool:
        """Return whether the text between two parts ends one address and starts another."""
        return any(c in "。;；!?！？:" for c in between)


def _is_latin(character: str) -> bool:
    """Return whether two such characters side by side would read as one word or number."""
    return character.isascii() and character.isalnum()


def _stems(name: str, ends: tuple[str, ...]) -> list[str]:
    """Return the name without its generic end, if at least two characters remain."""
    for end in ends:
        if name.endswith(end) and len(name) - len(end) >= 2:
            return [name[: -len(end)]]
    return []


def _is_known(match: re.Match[str], known: frozenset[str]) -> bool:
    """Return whether the area of a match is, or ends in, a known one, or none of its level is known."""
    name, ending = match[1] + match[2], match[2]
    if not any(area.endswith(ending) and not area.endswith("社区") for area in known):
        return True
    return any(name.endswith(area) or area.endswith(name[-3:]) for area in known if area.endswith(ending))


_CHINESE = ChineseScript()
