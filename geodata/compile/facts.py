"""Owns the published figures that no file holds, copied by hand, each with its page; and the named assumptions."""

from __future__ import annotations

from geodata.errors import Text
from geodata.population import AgeBand

EPSG = 6677
BASE_YEAR = 2023
BASE_DATE = "2024-01-01"
CENSUS_YEAR = 2020

PERSONS_2020 = 174_508
"""日立市ホームページ, 国勢調査 2020-10-01."""
PERSONS_R5 = 165_822
"""常住人口 2024-01-01, taken as R5."""
PERSONS_2024_10 = 163_300
"""常住人口 2024-10-01: the denominator of the two age groups of the strategy."""
PERSONS_0_14_2024_10 = 14_747
PERSONS_20_39_2024_10 = 27_432
"""第3期総合戦略, 茨城県の人口 2024-10-01."""
OLDER_SHARE_R5 = 0.327
"""高齢化率 2024-01 (「約35 %」 in an interview of 2025 disagrees)."""
LATE_LATE_OLDER_SHARE = 0.33
"""85+ among 75+. Assumption: about one third, general knowledge; no figure of the city was found."""

PERSONS_2035: dict[tuple[int, int | None], int] = {
    (0, 4): 1488 + 1415,
    (5, 9): 1548 + 1489,
    (10, 14): 1653 + 1571,
    (15, 19): 2229 + 2098,
    (20, 24): 3156 + 2160,
    (25, 29): 3583 + 2627,
    (30, 34): 3566 + 2861,
    (35, 39): 3211 + 2870,
    (40, 44): 3189 + 2936,
    (45, 49): 3919 + 3122,
    (50, 54): 4343 + 3750,
    (55, 59): 4957 + 4681,
    (60, 64): 6679 + 6661,
    (65, 69): 6125 + 5841,
    (70, 74): 5142 + 4984,
    (75, None): 33_474,
}
"""社人研 2023 for 2035, men + women by five-year age group [persons]."""

PERSONS_IPSS_2023 = {2025: 160_753, 2030: 149_141, 2035: 137_328, 2040: 125_845, 2045: 114_894, 2050: 104_391}
"""社人研 2023-12, all ages."""

CONTROL_AGES: tuple[tuple[int, int | None], ...] = ((0, 14), (15, 19), (20, 39), (40, 64), (65, 74), (75, None))

BANDS: tuple[AgeBand, ...] = (
    AgeBand("0-14", Text("0–14歳", "0–14"), 0, 14),
    AgeBand("15-19", Text("15–19歳", "15–19"), 15, 19),
    AgeBand("20-39", Text("20–39歳", "20–39"), 20, 39),
    AgeBand("40-64", Text("40–64歳", "40–64"), 40, 64),
    AgeBand("65-74", Text("65–74歳", "65–74"), 65, 74),
    AgeBand("75-84", Text("75–84歳", "75–84"), 75, 84),
    AgeBand("85+", Text("85歳以上", "85+"), 85, None),
)

KANAZAWA_TOWNS = ("金沢町",)
KANAZAWA_2020 = {"all": 5_889, "0-14": 558, "65-74": 852, "75+": 1_337}
"""金沢町, 国勢調査 2020 (read through towncheck.jp)."""

KNOWN_AREAS_2020 = {"十王町": 13_236 * PERSONS_2020 / 206_589, "久慈町": 9_075, "金沢町": 5_889}
"""Areas with a figure, to check the spread against, never to fit it: 旧十王町 in 2000 scaled by the city's change
since, 久慈町 in 2019-04 (Wikipedia), 金沢町 in 2020 [persons]."""

ESTATE_TOWNS = ("高鈴町", "西成沢町", "中丸町", "塙山町")
ESTATE_OLDER_SHARE = 0.5
"""茨城新聞 2023-11: twelve hillside estates, some 15,000 people, more than 50 % of them 65+. Which blocks belong
to them is not published: the whole named towns are taken (assumed)."""

DISTRICTS: tuple[tuple[str, str, str, float, float], ...] = (
    ("juo", "十王", "Juo", 36.6687, 140.6810),
    ("toyoura", "豊浦", "Toyoura", 36.6595, 140.6956),
    ("hidaka", "日高", "Hidaka", 36.6391, 140.6811),
    ("tajiri", "田尻", "Tajiri", 36.6271, 140.6758),
    ("namekawa", "滑川", "Namekawa", 36.6155, 140.6690),
    ("miyata", "宮田", "Miyata", 36.6043, 140.6583),
    ("nakamachi", "仲町", "Nakamachi", 36.5984, 140.6568),
    ("nakakoji", "中小路", "Nakakoji", 36.5896, 140.6556),
    ("sukegawa", "助川", "Sukegawa", 36.5948, 140.6439),
    ("ose", "会瀬", "Ose", 36.5806, 140.6499),
    ("narusawa", "成沢", "Narusawa", 36.5761, 140.6388),
    ("yunago", "油縄子", "Yunago", 36.5650, 140.6414),
    ("suwa", "諏訪", "Suwa", 36.5675, 140.6219),
    ("okubo", "大久保", "Okubo", 36.5565, 140.6241),
    ("kawarago", "河原子・多賀町", "Kawarago, Taga-cho", 36.5504, 140.6358),
    ("hanayama", "塙山", "Hanayama", 36.5479, 140.6105),
    ("kanesawa", "金沢・台原", "Kanesawa, Daihara", 36.5385, 140.6139),
    ("onuma", "大沼・東金沢", "Onuma, Higashi-Kanesawa", 36.5347, 140.6254),
    ("mizuki", "水木・森山・みかの原", "Mizuki, Moriyama, Mikanohara", 36.5219, 140.6189),
    ("omika", "大みか", "Omika", 36.5117, 140.6213),
    ("kuji", "久慈", "Kuji", 36.5004, 140.6127),
    ("sakamoto", "坂本（石名坂・南高野）", "Sakamoto (Ishinazaka, Minamikoya)", 36.5083, 140.6004),
    ("higashiozawa", "東小沢・坂下", "Higashi-Ozawa, Sakashita", 36.5016, 140.5852),
    ("nakasato", "中里", "Nakasato", 36.6469, 140.5572),
)
"""便宜区分 (not official): id, name, romaji, latitude and longitude of the middle of its 町丁目 [degrees]."""

JR_TRAINS_A_DAY = 40
"""全国鉄道運行本数データ 2023 and 2024: every station of the city, each way."""
JR_HOURLY: tuple[tuple[int, int, int], ...] = (
    (5, 6, 1),
    (6, 7, 3),
    (7, 8, 4),
    (8, 9, 3),
    (9, 17, 2),
    (17, 19, 3),
    (19, 21, 2),
    (21, 24, 1),
)
"""From hour, to hour, trains an hour. Assumption: about two an hour by day (observed), the rest spread to make 40."""
JR_DWELL_S = 30
"""Stop at a station, taken out of the published running times. Assumption."""

BRT_ROUTE_KM = 8.6
BRT_BUSWAY_KM = 6.1
BRT_BUSWAY_MIN = 21.0
"""日立市 2019-04 (lengths); 読売新聞 2025-02-03 (running time of the busway)."""
BRT_PHASE1_KM = 3.2
"""おさかなセンター to 大甕駅, 2013-03."""
BRT_INTERIM_KM, BRT_INTERIM_MIN = 9.4, 35.0
"""Interim route of 2018, end to end: gives the speed on ordinary roads."""
BRT_OLD_LINE_KM = {
    "河原子（BRT）": 4.0,
    "大沼（BRT）": 2.9,
    "水木（BRT）": 1.5,
    "大甕駅西口（学園前）": 0.0,
    "南部図書館": -2.1,
}
"""Chainage of the former railway from 大甕 under the busway [km]."""

BrtBlock = tuple[str, int, int]
"""First departure HH:MM, headway [min], number of runs."""
BRT_DEPARTURES: dict[tuple[str, int], tuple[str, str, tuple[BrtBlock, ...]]] = {
    ("weekday", 0): ("06:01", "22:35", (("06:20", 15, 10), ("08:50", 45, 9), ("15:35", 20, 12), ("19:35", 45, 3))),
    ("weekday", 1): ("05:51", "21:42", (("06:10", 15, 11), ("08:55", 45, 9), ("15:40", 20, 12), ("19:40", 45, 2))),
    ("holiday", 0): ("06:15", "21:45", (("06:45", 40, 22),)),
    ("holiday", 1): ("06:32", "21:00", (("07:05", 36, 22),)),
}
"""First and last departures are of 2019-04 (日立市). Between them 36 runs each way on weekdays every 15–45 min, and
24 on Saturdays, Sundays and holidays every 30–40 min, as published for phase I (2013-03); their spread over the day is
assumed. Direction 0 leaves 多賀駅前, 1 leaves おさかなセンター."""

BRT_ROMAJI = (
    "Taga-ekimae",
    "Izumicho",
    "Kawarago-chugakko-iriguchi",
    "Higashi-Tagacho",
    "Kawarago-koryu-center-iriguchi",
    "Kawarago (BRT)",
    "Isotsubo",
    "Onuma (BRT)",
    "Onuma-shogakko-higashi",
    "Terakata",
    "Mizuki (BRT)",
    "Izumigamori",
    "Omika-eki-nishiguchi (Gakuen-mae)",
    "Rinkai-kojo-nishi",
    "Fukiagebashi",
    "Donoiri-koen",
    "Hitachi-shogyo-koko",
    "Hitachi-shogyo-shita",
    "Nanbu-toshokan",
    "Kujihama",
    "Segami-shinbashi",
    "Sunpia Hitachi",
    "Osakana Center",
    "Rinkai-kojo-mae",
    "Omika-kojo-mae",
)
"""Stops of ひたちBRT from 多賀駅前 on, then the works branch, for English pages. Assumption: the usual readings."""
