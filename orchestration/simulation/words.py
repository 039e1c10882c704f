"""Invented Chinese words: names of firms, persons, streets, courts, products.

Belongs here: word lists and how they are put together into columns of text.
Does not belong here: anything that depends on risk or time.
"""

from __future__ import annotations

import numpy as np
import polars as pl

BRAND_FIRST = list("华中金鼎宏盛恒泰嘉润豫原天佳新瑞德信永昌祥安福隆兴裕鑫博远达通顺和瑾卓启锦麦禾云海星辰启明正大亿万")
BRAND_SECOND = list("源达盛丰瑞泰隆祥和兴旺康宁光辉腾飞跃升图创融汇联诚信义德仁智慧嘉美乐佳园田林森淼垚鑫航宇")
ORDINARY = ["新兴", "安康", "祥和", "兴旺", "和康"]
"""Brands that are words of everyday language: 新兴物流 may be a firm or a kind of business."""
NAMESAKES, COMMON = 0.025, 0.004
"""Share of enterprises whose brand and trade another one has too, and of those with a word of ``ORDINARY``."""
TRADES: dict[str, list[str]] = {
    "A": ["种植", "养殖", "农业科技", "林业"],
    "B": ["矿业", "石材"],
    "C": ["食品", "机械", "建材", "纺织", "电子", "化工", "包装", "耐火材料"],
    "D": ["新能源", "热力"],
    "E": ["建筑工程", "装饰工程", "市政工程", "劳务"],
    "F": ["商贸", "百货", "贸易", "超市", "医药", "家电", "服饰", "电子商务"],
    "G": ["物流", "运输", "仓储"],
    "H": ["餐饮管理", "酒店管理", "饭店"],
    "I": ["信息技术", "网络科技", "软件"],
    "J": ["投资", "担保"],
    "K": ["置业", "物业服务"],
    "L": ["企业管理咨询", "租赁", "人力资源", "广告"],
    "M": ["技术服务", "检测", "工程设计"],
    "N": ["环保工程", "园林绿化"],
    "O": ["家政服务", "汽车维修", "美容美发"],
    "P": ["教育咨询", "培训"],
    "Q": ["医院管理", "养老服务"],
    "R": ["文化传媒", "体育", "影视"],
}
OTHER_TRADES = ["实业", "服务"]
ROADS = [
    a + b
    for a in (
        [
            "建设",
            "人民",
            "中原",
            "黄河",
            "花园",
            "文化",
            "解放",
            "和平",
            "工农",
            "淮海",
            "嵩山",
            "颍河",
            "迎宾",
            "科技",
            "金水",
            "七一",
            "新华",
            "龙门",
            "汴京",
            "卧龙",
        ]
    )
    for b in ("路", "大道", "东路", "西街", "北路")
]
SURNAMES = list("王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈")
GIVEN = list("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文斌浩宇欣怡子轩梓涵")
VIOLATIONS = [
    "经营超过保质期的食品",
    "未取得许可从事经营活动",
    "发布虚假广告",
    "销售不合格产品",
    "未按规定明码标价",
    "使用未经检验的特种设备",
    "侵犯注册商标专用权",
    "未按期公示年度报告",
    "未履行进货查验义务",
    "安全生产管理不到位",
]
LAWS = [
    "《中华人民共和国食品安全法》第一百二十四条",
    "《中华人民共和国产品质量法》第四十九条",
    "《中华人民共和国广告法》第五十五条",
    "《中华人民共和国价格法》第四十二条",
    "《中华人民共和国特种设备安全法》第八十四条",
    "《市场主体登记管理条例》第四十六条",
]
FOOD_ITEM, DRUG_ITEM = "食品经营监督检查", "药品医疗器械化妆品监督检查"
CHECK_ITEMS = [
    "登记事项检查",
    "公示信息检查",
    FOOD_ITEM,
    "价格行为检查",
    "广告行为检查",
    "产品质量监督检查",
    "特种设备安全检查",
]
PROBLEMS = ["商品质量", "售后服务", "合同纠纷", "虚假宣传", "价格问题", "食品安全", "退换货"]
CAUSES = [
    "买卖合同纠纷",
    "民间借贷纠纷",
    "建设工程合同纠纷",
    "劳动争议",
    "租赁合同纠纷",
    "金融借款合同纠纷",
    "侵害商标权纠纷",
]
PRODUCTS = [
    "小麦粉",
    "食用植物油",
    "电线电缆",
    "电热水壶",
    "儿童服装",
    "水泥",
    "复合肥料",
    "电动自行车",
    "塑料玩具",
    "白酒",
]
DISPOSALS = ["责令下架并召回", "立案查处", "复检后结案", "抽样单位通报"]
TAXES = ["增值税", "企业所得税", "城镇土地使用税", "房产税"]
FOOD_CERTIFICATES = ["HACCP危害分析与关键控制点体系认证", "ISO22000食品安全管理体系认证"]
CERTIFICATES = ["高新技术企业", "ISO9001质量管理体系认证", "专精特新中小企业", "绿色食品认证", "守合同重信用企业"]
SCOPES = [
    "销售日用百货",
    "技术开发与咨询",
    "食品经营(凭许可证)",
    "建筑材料销售",
    "道路货物运输",
    "餐饮服务",
    "机械设备制造",
    "广告设计制作",
    "农产品初加工",
    "计算机软硬件销售",
]
REASONS = ["决议解散", "经营期限届满", "其他原因", "被吊销营业执照后注销"]

REGISTERED_ITEMS = ["设立登记", "法定代表人变更登记", "股东变更登记", "住所变更登记"]
OBJECTIONS = ["记录的主体不是本企业", "记录内容与事实不符", "已经履行完毕", "重复记录", "处理决定已被撤销"]
RAISED = ["群众举报线索待查", "关联企业发生重大安全事故", "上级交办重点监管", "专项整治对象"]
LOWERED = ["现场核查未发现问题", "登记信息错误导致误判", "已完成整改并通过验收", "重组后更换经营主体"]


def choose(words: list[str], number: np.ndarray) -> pl.Series:
    """The word at each number, counted round the list."""
    return pl.Series(words, dtype=pl.String).gather(np.asarray(number) % len(words))


def join(**parts: pl.Series | str) -> pl.Series:
    """Texts glued together row by row, in the order given."""
    length = max(len(part) for part in parts.values() if isinstance(part, pl.Series))
    frame = pl.DataFrame({key: part for key, part in parts.items() if isinstance(part, pl.Series)}, height=length)
    return frame.select(
        pl.concat_str([pl.col(key) if isinstance(part, pl.Series) else pl.lit(part) for key, part in parts.items()])
    ).to_series()


def text(number: np.ndarray) -> pl.Series:
    """Whole numbers as text."""
    return pl.Series(np.asarray(number, dtype=np.int64)).cast(pl.String)


def person_names(person: np.ndarray) -> pl.Series:
    """Names of two or three characters, the same for the same person."""
    mixed = np.asarray(person, dtype=np.int64) * 2_654_435_761 % 2**32
    last = pl.Series([*GIVEN, *[""] * 12], dtype=pl.String).gather(mixed // 3571 % (len(GIVEN) + 12))
    return join(a=choose(SURNAMES, mixed), b=choose(GIVEN, mixed // 61), c=last)


def addresses(serial: np.ndarray, place: pl.Series) -> pl.Series:
    """Street addresses in a place, different for different serials (up to 54 million in one place)."""
    number = (np.asarray(serial, dtype=np.int64) * 7_368_787 + 5) % 54_000_000
    road, rest = number % len(ROADS), number // len(ROADS)
    return join(
        a=place,
        b=choose(ROADS, road),
        c=text(rest % 900 + 1),
        d="号",
        e=text(rest // 900 % 6 + 1),
        f="号楼",
        g=text(rest // 5400 % 25 + 1),
        h=choose([f"{n:02d}" for n in range(1, 5)], rest // 135_000),
        i="室",
    )


def company_names(
    rng: np.random.Generator, city: pl.Series, section: np.ndarray, suffix: pl.Series
) -> tuple[pl.Series, pl.Series]:
    """Names as registered: city, brand, trade and legal form; and the former name of those who changed it."""
    count = len(section)
    trades = [*{word for words in TRADES.values() for word in words}, *OTHER_TRADES]
    trades.sort()
    place = {word: number for number, word in enumerate(trades)}
    trade = np.zeros(count, dtype=np.int64)
    for letter in np.unique(section):
        rows = np.flatnonzero(section == letter)
        own = np.array([place[word] for word in TRADES.get(str(letter), OTHER_TRADES)])
        trade[rows] = own[rng.integers(0, len(own), len(rows))]
    brand = rng.integers(0, 2**31, (count, 2))
    _namesakes(rng, pl.DataFrame({"city": city, "suffix": suffix}), section, brand[:, 0], trade)
    names = [
        join(
            a=city,
            b=choose(BRAND_FIRST, column),
            c=choose(BRAND_SECOND, column // 97),
            d=choose(["", *BRAND_SECOND], column // 9973),
            e=choose(trades, trade),
            f=suffix,
        )
        for column in brand.T
    ]
    return names[0], names[1]


def _namesakes(
    rng: np.random.Generator, seat: pl.DataFrame, section: np.ndarray, brand: np.ndarray, trade: np.ndarray
) -> None:
    """Give some the brand and trade of another of their section, and a few an ordinary word as brand, in place.

    Args:
        rng: the stream of the names.
        seat: columns city and suffix; enterprises alike in both never share brand and trade by this.
        section: section of industry of each.
        brand: number that spells the brand of each.
        trade: number of the trade of each.
    """
    order = np.argsort(section, kind="stable")
    other = np.empty(len(order), dtype=np.int64)
    other[order] = np.roll(order, 1)
    differs = (seat != seat[other]).select(pl.any_horizontal("city", "suffix")).to_series().to_numpy()
    twin = differs & (section == section[other]) & (rng.random(len(order)) < NAMESAKES)
    brand[twin], trade[twin] = brand[other[twin]], trade[other[twin]]
    # the smallest number that company_names spells as these two characters
    ordinary = [
        next(n for n in range(97 * BRAND_SECOND.index(word[1]), 10**6) if BRAND_FIRST[n % len(BRAND_FIRST)] == word[0])
        for word in ORDINARY
    ]
    plain = ~twin & (rng.random(len(order)) < COMMON)
    brand[plain] = np.array(ordinary)[brand[plain] % len(ordinary)]
