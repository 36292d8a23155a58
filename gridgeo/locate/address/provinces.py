"""Provinces and great cities of China by the first two digits of their area codes: what lies elsewhere."""

__all__ = ["names_elsewhere"]

_NAMES = {
    "11": "北京市", "12": "天津市", "13": "河北省 石家庄市", "14": "山西省 太原市",
    "15": "内蒙古自治区 呼和浩特市",
    "21": "辽宁省 沈阳市 大连市", "22": "吉林省 长春市", "23": "黑龙江省 哈尔滨市", "31": "上海市",
    "32": "江苏省 南京市 苏州市 无锡市", "33": "浙江省 杭州市 宁波市 温州市", "34": "安徽省 合肥市",
    "35": "福建省 福州市 厦门市 泉州市", "36": "江西省 南昌市", "37": "山东省 济南市 青岛市",
    "41": "河南省 郑州市", "42": "湖北省 武汉市", "43": "湖南省 长沙市",
    "44": "广东省 广州市 深圳市 佛山市 东莞市",
    "45": "广西壮族自治区 南宁市", "46": "海南省 海口市", "50": "重庆市",
    "51": "四川省 成都市", "52": "贵州省 贵阳市", "53": "云南省 昆明市",
    "54": "西藏自治区 拉萨市", "61": "陕西省 西安市", "62": "甘肃省 兰州市", "63": "青海省 西宁市",
    "64": "宁夏回族自治区 银川市", "65": "新疆维吾尔自治区 乌鲁木齐市",
}  # fmt: skip


def names_elsewhere(area_codes: list[str]) -> frozenset[str]:
    """Return the names of provinces and great cities outside the provinces of these codes.

    Codes that are no official ones tell nothing, so nothing is elsewhere then.
    """
    home = {code[:2] for code in area_codes if len(code) >= 6 and code.isdigit() and code[:2] in _NAMES}
    if not home:
        return frozenset()
    return frozenset(name for code, names in _NAMES.items() if code not in home for name in names.split())
