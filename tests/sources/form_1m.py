"""Form 1-M of Kazakhstan for 2022: what its workbooks say of each region, read from them by hand.

Not here: reading them (``test_excel`` tests the cells, ``test_national_portals`` the observations; both call this).
"""

#: region by name of its workbook
REGIONS = {
    "Abay_Region": "KZ-10",
    "Akmola_Region": "KZ-11",
    "Aktobe_Region": "KZ-15",
    "Almaty_Region": "KZ-19",
    "Almaty": "KZ-75",
    "Astana": "KZ-71",
    "Atyrau_Region": "KZ-23",
    "East-Kazakhstan_Region": "KZ-63",
    "Karagandy_Region": "KZ-35",
    "Kostanay_Region": "KZ-39",
    "Kyzylorda_Region": "KZ-43",
    "Mangistay_Region": "KZ-47",
    "North-Kazakhstan_Region": "KZ-59",
    "Pavlodar_Region": "KZ-55",
    "Turkistan_Region": "KZ-61",
    "West-Kazakhstan_Region": "KZ-27",
    "Zhambyl_Region": "KZ-31",
    "Zhetysu_Region": "KZ-33",
}
#: crimes of the domestic sphere, of them articles 99, 106, 107; crimes registered, against women, against minors;
#: women and minors harmed
FIGURES = {
    "KZ-10": (5, 1, 1, 2, 2474, 1151, 38, 1148, 43),
    "KZ-11": (66, 13, 27, 15, 5317, 1861, 60, 1927, 86),
    "KZ-15": (29, 6, 11, 11, 6824, 2298, 96, 2325, 108),
    "KZ-19": (91, 7, 42, 34, 12571, 4855, 185, 4685, 249),
    "KZ-75": (37, 10, 13, 7, 34891, 14549, 143, 14105, 271),
    "KZ-71": (70, 4, 34, 18, 17144, 6808, 93, 6718, 137),
    "KZ-23": (19, 2, 5, 3, 4875, 1824, 90, 1905, 106),
    "KZ-63": (103, 7, 29, 52, 7764, 3354, 100, 3281, 105),
    "KZ-35": (88, 7, 38, 31, 9771, 4243, 168, 4345, 204),
    "KZ-39": (86, 2, 43, 29, 7091, 2710, 84, 2911, 118),
    "KZ-43": (18, 6, 1, 6, 3164, 1162, 47, 1178, 58),
    "KZ-47": (20, 2, 8, 6, 3716, 1271, 84, 1192, 82),
    "KZ-59": (55, 10, 16, 25, 4583, 1501, 67, 1529, 70),
    "KZ-55": (89, 5, 40, 24, 5022, 1858, 81, 1830, 80),
    "KZ-61": (48, 10, 12, 17, 5929, 2048, 213, 2121, 238),
    "KZ-27": (26, 3, 9, 10, 5908, 2090, 152, 2154, 165),
    "KZ-31": (38, 7, 17, 14, 5273, 1682, 110, 1789, 132),
    "KZ-33": (14, 1, 8, 5, 2306, 963, 27, 940, 42),
}
