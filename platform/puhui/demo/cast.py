"""The people, firms and providers of 青禾市, a town that is on no map. Nobody here is real, nor is any number."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, UUID, uuid5

COUNTY = "360000"  # The town is fictional, so it has no code of its own: Jiangxi's stands for it.
PASSWORD = "qinghe-demo-2026"  # noqa: S105  # Printed by `puhui run` on purpose: it opens the demo town only.
SEED = 20260101


def known(name: str) -> UUID:
    """Answer the id of a thing of the demo town, the same in every copy of the town."""
    return uuid5(NAMESPACE_URL, f"https://puhui.example/demo/{name}")


@dataclass(frozen=True, slots=True)
class Citizen:
    """A citizen; *habits* are the codes of the methods by which the citizen lives."""

    name: str
    phone: str
    habits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Employee:
    """A member of staff: who logs in by phone and password."""

    name: str
    phone: str
    role: str


@dataclass(frozen=True, slots=True)
class OfferPlan:
    """What a merchant hands over: key, kind, title, price in coins, stock, per person."""

    key: str
    kind: str
    title: str
    title_en: str
    description: str
    description_en: str
    coins: int
    stock: int
    per_person: int = 5


@dataclass(frozen=True, slots=True)
class Firm:
    """An organisation of the town with its staff and, for a merchant, its counter and offers."""

    key: str
    kind: str
    name: str
    name_en: str
    staff: tuple[Employee, ...] = ()
    trade: str = ""
    address: str = ""
    offers: tuple[OfferPlan, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class DataProvider:
    """Who reports acts in the town."""

    code: str
    name: str
    name_en: str
    methods: tuple[str, ...]


CITIZENS = (
    Citizen("林晓禾", "+8619900000001", ("T02", "T05", "T07", "F01", "F03", "R02", "D01", "D06", "H01", "R08", "T10")),
    Citizen("江一帆", "+8619900000002", ("T02", "T06", "T08", "F01", "R09", "D02", "D05", "C01", "R01")),
    Citizen("万桂英", "+8619900000003", ("T01", "T06", "R03", "R04", "R05", "R06", "H04", "D03", "F02")),
    Citizen("徐长青", "+8619900000004", ("T11", "T09", "H05", "H06", "D06", "D01", "F01", "R11")),
    Citizen("罗小满", "+8619900000005", ("T01", "T02", "T07", "F01", "F05", "R02", "D04", "R08")),
    Citizen("邓子昂", "+8619900000006", ("T03", "T02", "F03", "F01", "D01", "D06", "O02")),
    Citizen("程素梅", "+8619900000007", ("T05", "H01", "H03", "H07", "H08", "H09", "R03", "F02")),
    Citizen("熊建国", "+8619900000008", ("T06", "T01", "R05", "R04", "R06", "S02", "D02")),
    Citizen("曾予安", "+8619900000009", ("T02", "T08", "F01", "R08", "D05", "D04")),
    Citizen("付秋实", "+8619900000010", ("T07", "T05", "F03", "D01", "H06", "R02")),
    Citizen("刘盼盼", "+8619900000011", ("T02", "T01", "F01", "C01", "R09")),
    Citizen("章知远", "+8619900000012", ("T11", "H05", "D06", "D02", "T10")),
)
SMALL = 3

MERCHANTS = (
    Firm(
        "cafe",
        "merchant",
        "禾里咖啡",
        "Heli Coffee",
        (Employee("周小雨", "+8619900000101", "clerk"), Employee("陈一白", "+8619900000102", "manager")),
        "cafe",
        "青禾市禾苗路 12 号",
        (
            OfferPlan(
                "latte",
                "drink",
                "热拿铁一杯",
                "A hot latte",
                "中杯，堂食或自带杯。",
                "Medium, here or in your own cup.",
                30,
                200,
            ),
            OfferPlan(
                "americano",
                "drink",
                "冰美式一杯",
                "An iced americano",
                "中杯，自带杯优先。",
                "Medium, own cup preferred.",
                20,
                300,
            ),
        ),
    ),
    Firm(
        "bookshop",
        "merchant",
        "青简书店",
        "Qingjian Books",
        (Employee("宋书言", "+8619900000111", "clerk"),),
        "culture",
        "青禾市学府巷 3 号",
        (
            OfferPlan(
                "bookmark",
                "goods",
                "竹制书签一枚",
                "A bamboo bookmark",
                "本地竹材，手工制作。",
                "Local bamboo, made by hand.",
                12,
                120,
            ),
            OfferPlan(
                "secondhand",
                "goods",
                "旧书任选一本",
                "Any second-hand book",
                "二楼旧书区任选。",
                "From the second floor.",
                45,
                60,
                2,
            ),
        ),
    ),
    Firm(
        "grocer",
        "merchant",
        "田田超市",
        "Tiantian Grocery",
        (Employee("何满仓", "+8619900000121", "clerk"),),
        "shop",
        "青禾市稻香街 88 号",
        (
            OfferPlan(
                "rice",
                "food",
                "本地大米 1 千克",
                "1 kg of local rice",
                "当季新米。",
                "This season's rice.",
                60,
                150,
                2,
            ),
            OfferPlan(
                "bag",
                "goods",
                "帆布购物袋一只",
                "A canvas bag",
                "可反复使用。",
                "To be used again and again.",
                25,
                80,
                1,
            ),
        ),
    ),
    Firm(
        "bus",
        "merchant",
        "青禾公交",
        "Qinghe Buses",
        (Employee("卢远行", "+8619900000131", "clerk"),),
        "transit",
        "青禾市车站北路 1 号",
        (
            OfferPlan(
                "ride",
                "transit",
                "公交乘车券一次",
                "One bus ride",
                "市内线路通用。",
                "On every line in town.",
                15,
                1000,
                20,
            ),
        ),
    ),
)

OFFICES = (
    Firm(
        "operator",
        "operator",
        "青禾市碳普惠运营中心",
        "Qinghe Carbon Inclusion Centre",
        (Employee("许运章", "+8619900000201", "operator"),),
    ),
    Firm(
        "hospital",
        "institution",
        "青禾市人民医院",
        "Qinghe People's Hospital",
        (Employee("万和平", "+8619900000211", "liaison"),),
    ),
    Firm(
        "school",
        "institution",
        "青禾市实验小学",
        "Qinghe Experimental Primary School",
        (Employee("胡晓文", "+8619900000221", "liaison"),),
    ),
    Firm(
        "agency",
        "institution",
        "青禾市机关事务中心",
        "Qinghe Government Services Centre",
        (Employee("涂春和", "+8619900000231", "liaison"),),
    ),
)

PLANT = Firm(
    "plant",
    "enterprise",
    "青禾水泥有限公司",
    "Qinghe Cement",
    (
        Employee("程立新", "+8619900000301", "maker"),
        Employee("邹守正", "+8619900000302", "checker"),
        Employee("喻明远", "+8619900000303", "viewer"),
    ),
)
QUARRY = Firm("quarry", "enterprise", "青禾熟料分厂", "Qinghe Clinker")

PROVIDERS = (
    DataProvider(
        "qinghe-transit",
        "青禾公共交通",
        "Qinghe Transit",
        ("T05", "T06", "T07", "T08"),
    ),
    DataProvider(
        "qinghe-bike",
        "青禾共享单车",
        "Qinghe Shared Bikes",
        ("T02",),
    ),
    DataProvider(
        "qinghe-move",
        "青禾出行平台",
        "Qinghe Mobility",
        ("T01", "T03", "T09", "T10", "T11"),
    ),
    DataProvider(
        "qinghe-utility",
        "青禾水电气",
        "Qinghe Utilities",
        ("H01", "H03", "H04", "H05", "H06", "H07", "H08", "H09", "P01", "P02", "P04"),
    ),
    DataProvider(
        "qinghe-canteen",
        "青禾食堂联合",
        "Qinghe Canteens",
        ("F01", "F02", "F03", "F05", "R09"),
    ),
    DataProvider(
        "qinghe-recycling",
        "青禾再生资源",
        "Qinghe Recycling",
        ("C01", "R01", "R02", "R03", "R04", "R05", "R06", "R11"),
    ),
    DataProvider(
        "qinghe-digital",
        "青禾数字政务与支付",
        "Qinghe Digital",
        ("D01", "D02", "D03", "D04", "D05", "D06", "R08", "O02"),
    ),
    DataProvider(
        "qinghe-fleet",
        "青禾公务用车平台",
        "Qinghe Fleet",
        ("P03",),
    ),
    DataProvider(
        "qinghe-sinks",
        "青禾林业碳汇",
        "Qinghe Forest Sinks",
        ("S02",),
    ),
)

METERS = (
    ("青禾市人民医院", ("P01", "P02", "P04")),
    ("青禾市实验小学", ("P01", "P02")),
    ("青禾市机关事务中心", ("P01", "P03")),
)
"""What the institutions' meters report; their accounts are pseudonymous until the institution claims them."""


@dataclass(frozen=True, slots=True)
class LogIn:
    """How to come in as somebody of the town."""

    role: str
    name: str
    how: str


def log_ins() -> list[LogIn]:
    """Answer the log-ins that are printed: a citizen, the café, the operator, the hospital, the cement plant."""
    citizen = CITIZENS[0]
    entries = [LogIn("citizen", citizen.name, f"phone {citizen.phone[3:]}, the page shows the code")]
    for firm in (MERCHANTS[0], OFFICES[0], OFFICES[1], PLANT):
        entries += [
            LogIn(employee.role, f"{employee.name} ({firm.name})", f"phone {employee.phone[3:]}, password {PASSWORD}")
            for employee in firm.staff
        ]
    return entries
