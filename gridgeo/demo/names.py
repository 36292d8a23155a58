"""Invented names that look real: streets, compounds, villages, shops. Any likeness is chance."""

from collections.abc import Sequence

import numpy as np

__all__ = ["CHAINS", "NUMERALS", "SINGLES", "compound_names", "draw_distinct", "family_places", "place_roots"]


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


NUMERALS = "一二三四五六七八九十"

FAMILIAR = _words(
    "胜利 解放 建设 东风 红星 和平 人民 新华 中山 文化 体育 青年 朝阳 光明 团结 民主 "
    "前进 跃进 工农 友谊 园林 桃花岭 夷陵 云集 珍珠 果园 学院 献福 环城 隆康 沿江 港窑 "
    "发展 城东 峡州 西陵 白沙 点军 长江 三峡 清江 香山 伍临 隆中 东山 西坝 南湖 北门 "
    "大公 二马 福绥 儒林 学府 滨湖 东湖 西湖 绿萝 运河 平湖 合益 石板 汉宜 花溪 松林 "
    "梅子 柳林 竹苑 樱花 桂花 玉兰 银杏 香樟 海棠 石榴 枣园 茶园 菜园 柏林 桔园 龙泉 "
    "凤凰 白鹤 金鸡 石牛 青龙 白马 卧龙 麒麟 双龙 永安 平安 长安 保康 安康 惠民 富民 "
    "利民 便民 为民 爱民 新民 同心 同乐 和谐 幸福 吉祥 如意 康乐 欣荣 繁荣 振兴 兴业 "
    "创业 创新 科技 工业 机场 车站 码头 火车 港口 桥头 河街 后街 横街 正街 南正 北正 "
    "中正 东门 西门 小北 大南 武汉 荆州 襄阳 恩施 宜昌 秭归 兴山 远安 当阳 枝江 长阳 "
    "五峰 北京 上海 南京 天津 重庆 广州 珠海 深圳 厦门 杭州 黄河 汉江 湘江 赣江 嘉陵 "
    "洞庭 鄱阳 太湖 泰山 华山 衡山 嵩山 庐山 黄山 峨眉 武当 神农 昆仑 天山 长白 井冈 "
    "韶山 民生 民权 民族 五一 七一 八一 十月 三八 五四 国庆 元旦 春晓 秋实 夏荷 冬青 "
    "晨曦 晚霞 星火 曙光 向阳 迎宾 望江 观江"
)
FIRST = (
    "东西南北中新平安永福金银玉翠锦龙凤鹤云江河湖山石松柏桂梅兰"
    "竹桃柳枫荷春秋晨星天华景瑞祥康宁和泰丰盛兴隆宏明德仁义礼"
)
SECOND = (
    "山江湖泉溪桥门岭峰林园苑台塘湾洲滩港渡亭阁楼寺庙坪坡岗坝口原野田畈丰华兴盛昌顺达通康宁安和平乐阳光辉"
)
SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁余叶杜覃向谭望艾屈"
LANDFORMS = _words("湾 台 岭 坪 坝 冲 畈 坡 垭 河 店 榜 沟 桥 岗 咀 洲 塘 铺 嘴")
COMPOUND_ROOTS = _words(
    "锦绣 阳光 金色 翠湖 滨江 香榭 丽景 盛世 御景 东方 世纪 名仕 水岸 橄榄 枫林 梧桐 "
    "碧水 蓝天 春江 月亮 绿萝 山水 天伦 鑫龙 万豪 兰亭 紫荆 清华 状元 幸福 安居 和谐 "
    "美林 康庄 长江 江南 江北 葛洲 峡江 云锦 观澜 中央 凤凰 龙腾 国宾 丹桂 书香 雅居"
)
COMPOUND_TAILS = _words(
    "花园 小区 新村 家园 雅苑 名都 国际 公馆 华府 佳苑 新城 苑 里 华庭 美墅 公寓 广场 天下"
)
EMPLOYERS = _words(
    "纺织厂 棉纺厂 柴油机厂 化肥厂 印刷厂 港务局 供电局 粮食局 地质队 自来水公司 邮电局 "
    "烟草局 船厂 机床厂 药厂 磷矿"
)
CHAINS: dict[str, tuple[str, ...]] = {
    "convenience": ("美家邻便利店", "每日鲜便利", "好邻里超市", "顺路便利店", "惠万家超市", "江城便利"),
    "restaurant": (
        "老峡江萝卜饺",
        "三味牛肉面馆",
        "张记热干面",
        "巴人土家菜馆",
        "小渔村江鲜",
        "阿红炸炸店",
        "春来早点",
    ),
    "pharmacy": ("康乐大药房", "同济民药房", "百姓缘药店", "仁和堂大药房"),
    "bank": ("三江银行", "峡州农商银行", "长河银行", "民兴银行"),
    "barber": ("丝语美发", "快剪坊", "名流造型"),
    "hotel": ("江景快捷酒店", "橘颂宾馆", "如归旅店"),
    "repair": ("老李修车铺", "顺达汽修", "便民五金店"),
    "parcel": ("蜂鸟驿站", "邻里快递驿站", "速达快递点"),
}
SINGLES: dict[str, str] = {
    "school": "{root}小学",
    "kindergarten": "{root}幼儿园",
    "clinic": "{root}卫生服务站",
    "police": "{root}派出所",
    "market": "{root}农贸市场",
    "park": "{root}游园",
    "toilet": "{root}公厕",
    "community": "{root}党群服务中心",
}


def draw_distinct(pool: Sequence[str], n_names: int, rng: np.random.Generator) -> list[str]:
    """Return names in random order; the pool is used up before any name comes again."""
    rounds = -(-n_names // len(pool))
    order = np.concatenate([rng.permutation(len(pool)) for _ in range(max(rounds, 1))])
    return [pool[k] for k in order[:n_names]]


def place_roots(n_names: int, rng: np.random.Generator) -> list[str]:
    """Return roots of two characters such as 胜利 or 东湖, the well-known ones first."""
    made = [a + b for a in FIRST for b in SECOND if a != b]
    known = draw_distinct(FAMILIAR, min(n_names, len(FAMILIAR)), rng)
    return known + draw_distinct(made, max(n_names - len(known), 0), rng)


def family_places(n_names: int, rng: np.random.Generator) -> list[str]:
    """Return names of hamlets and villages such as 王家湾."""
    return draw_distinct([f"{s}家{t}" for s in SURNAMES for t in LANDFORMS], n_names, rng)


def compound_names(n_names: int, rng: np.random.Generator) -> list[str]:
    """Return names of compounds; one in eight is the housing of an employer, a few come twice."""
    known = [r + t for r in COMPOUND_ROOTS for t in COMPOUND_TAILS]
    plain = [r + t for r in place_roots(400, rng) for t in COMPOUND_TAILS[:6]]
    built = draw_distinct(known, min(n_names, len(known)), rng)
    built += draw_distinct(plain, n_names - len(built), rng)
    housing = [f"{e}{t}" for e in EMPLOYERS for t in ("宿舍", "家属院", "生活区", "职工小区")]
    staff = draw_distinct(housing, n_names, rng)
    chance = rng.random(n_names)
    names = [s if c < 0.12 else b for s, b, c in zip(staff, built, chance, strict=True)]
    for k in np.flatnonzero(chance > 0.985):
        names[k] = names[rng.integers(0, n_names)]
    return names
