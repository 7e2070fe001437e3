"""The beer's own rows: wort, sugars, yeast, and what may go wrong with it. Groups are kinds.

The law of motion that they feed is `kinetics.ferment`. Speeds hold at the kind's usual temperature (`home_c`).
"""

from cellarhand.simulate.prior.rows import OWN, RECIPE, YEAST, Law, Row, Shares

N, L, U, C = Law.NORMAL, Law.LOGNORMAL, Law.UNIFORM, Law.CHANCE
HABIT = Shares(brewery=0.30, culture=0.25, brand=0.20)  # pitching, oxygen and nutrients are the house's
PITCH = Shares(brewery=0.30, culture=0.10, brand=0.20)
FINISH = Shares(brewery=0.35, culture=0.25, brand=0.15)  # how a house's beers finish: its yeast, oxygen and warmth

WORT = (
    Row("og", "points", N, (53, 12), 12, 150, RECIPE, "original gravity of the recipe", "BJCP",
        {"lager": (50, 6), "kettle sour": (44, 8), "mixed": (54, 10), "STA1-positive": (52, 9),
         "low-alcohol": (24, 7), "cider": (51, 6), "mead": (105, 16)}),
    Row("og_slip", "points", N, (0, 1.3), -5, 5, OWN, "how far a batch's original gravity is off the recipe",
        "Own: within some 0.3 °P"),
    Row("attenuation", "share", N, (0.765, 0.055), 0.08, 1.12, Shares(0.05, 0.40, 0.43),
        "apparent attenuation that a batch reaches if nothing ends it early",
        "Yeast table: ale 75.5 ± 8.8 % with its errors, lager 74.9 ± 3.5 %; BJCP; maltose-negative yeasts stop early",
        {"lager": (0.775, 0.040), "kveik": (0.78, 0.045), "kettle sour": (0.80, 0.05), "mixed": (0.88, 0.06),
         "STA1-positive": (0.92, 0.045), "low-alcohol": (0.30, 0.11), "cider": (1.01, 0.04), "mead": (0.93, 0.06)}),
    Row("simple", "share", N, (0.14, 0.04), 0.04, 0.50, RECIPE, "glucose, fructose and sucrose, of what ferments",
        "Ramirez 2007: 12 % of 108 g/L; cider and mead hold no maltose",
        {"cider": (0.39, 0.01), "mead": (0.39, 0.01), "low-alcohol": (0.30, 0.08)}),
    Row("triose", "share", N, (0.18, 0.05), 0.05, 0.35, RECIPE, "maltotriose, of what ferments",
        "Ramirez 2007: 19 % of 108 g/L"),
    Row("creeps", "share", L, (0.055, 1.0), 0.002, 0.35, FINISH, "of what ferments: dextrins opened only slowly",
        "Reid 2021: the asymmetric curve wins on 3 of 7 sets; STA1 and Brettanomyces go on for weeks",
        {"lager": (0.070, 0.8), "STA1-positive": (0.12, 0.40), "mixed": (0.16, 0.45), "mead": (0.06, 0.6),
         "low-alcohol": (0.02, 0.6)}),
    Row("creep_speed", "1/h", L, (0.009, 0.60), 0.0003, 0.06, YEAST, "how fast they open at the usual temperature",
        "Own: a day to several weeks; Margins",
        {"lager": (0.0030, 1.2), "mixed": (0.0030, 0.8), "STA1-positive": (0.010, 0.5), "mead": (0.004, 0.5)}),
    Row("creep_wakes", "h", L, (10, 0.3), 1, 2000, YEAST, "and from when on, at the usual temperature",
        "Own: Brettanomyces takes weeks to grow; STA1 is made once the simple sugars are gone",
        {"mixed": (350, 0.8), "STA1-positive": (40, 0.4)}),
)  # fmt: skip

CELLS = (
    Row("speed", "1/h", L, (0.029, 0.38), 0.004, 0.25, HABIT, "share of the sugar that a full crop eats in an hour",
        "Deschutes ale: steepest 0.020/h of the drop at 17 °C; Foster 2022: 0.018; Speers 2003: 0.016; Margins",
        {"lager": (0.015, 0.35), "kveik": (0.056, 0.32), "kettle sour": (0.026, 0.38), "mixed": (0.027, 0.38),
         "STA1-positive": (0.028, 0.36), "cider": (0.016, 0.35), "mead": (0.012, 0.40)}),
    Row("growth", "1/h", L, (0.110, 0.25), 0.015, 0.45, YEAST, "growth of the crop at the usual temperature",
        "Zamudio 2022: 0.098/h; Shopska at 15 °C slower; Tyrell 2013: 15 % of the way on day 1",
        {"lager": (0.070, 0.25), "kveik": (0.20, 0.25), "cider": (0.055, 0.3), "mead": (0.050, 0.3)}),
    Row("pitched", "share", L, (0.16, 0.50), 0.02, 0.70, PITCH, "cells pitched, of a full crop",
        "Foster 2022 and Tyrell 2013: 1.0–1.2e7 cells/mL; full crop of some 6e7 is own",
        {"cider": (0.06, 0.5), "mead": (0.08, 0.5)}),
    Row("lag", "h", L, (7.0, 0.45), 1.0, 48.0, PITCH, "hours at the usual temperature before half the crop eats",
        "Foster 2022: 6 % of the drop by 6 h, 15 % by 12 h; Speers 2003: midpoint 51 h at 10 °C",
        {"lager": (13.0, 0.4), "kveik": (4.0, 0.4), "kettle sour": (10.0, 0.5), "cider": (20.0, 0.5),
         "mead": (18.0, 0.5)}),
    Row("half_sugar", "share", L, (0.13, 0.60), 0.02, 0.50, FINISH, "sugar left at which uptake is half (Monod)",
        "Zamudio 2022: 12 g/L of about 110; Margins"),
    Row("triose_speed", "ratio", L, (0.50, 0.50), 0.08, 1.5, FINISH, "uptake of maltotriose beside maltose",
        "Ramirez 2007: maltotriose last; uptake differs most between strains"),
    Row("settles", "1/h", L, (0.014, 1.0), 0.0004, 0.12, FINISH, "flocculation once half the sugar is gone",
        "Own, so that tails of Reid 2021 come out", {"lager": (0.005, 0.7), "kveik": (0.010, 0.7)}),
    Row("half_abv", "% vol", N, (13.5, 1.2), 9, 20, YEAST, "alcohol at which the yeast works half as fast",
        "Own: tolerances are given as 9–12 % for beer, 14–18 % for mead; Shopska: strong",
        {"mead": (16.5, 1.2), "cider": (14.5, 1.0)}),
    Row("activation", "kJ/mol", N, (54, 4), 42, 66, YEAST, "apparent activation energy below the warm limit",
        "Foster 2022: 50–58 below 22 °C; 18 above"),
    Row("home_c", "°C", N, (20, 0), 8, 38, OWN, "temperature at which the speeds of a kind hold",
        "Yeast table: ale 18–24, lager 10–15 °C", {"lager": (12, 0), "kveik": (32, 0), "STA1-positive": (23, 0)}),
    Row("warm_c", "°C", N, (22, 1), 16, 42, YEAST, "above this, warmth helps less (18 kJ/mol)", "Foster 2022",
        {"lager": (19, 1), "kveik": (36, 1), "STA1-positive": (28, 1.5)}),
    Row("cold_c", "°C", N, (9, 1.5), -1, 20, YEAST, "half asleep at this temperature",
        "White: below 4 °C nothing happens; Foster 2022 at 12 °C still works",
        {"lager": (3, 1.5), "kveik": (16, 2), "mixed": (8, 1.5)}),
    Row("hot_c", "°C", N, (38, 1.0), 30, 48, YEAST, "half killed at this temperature",
        "Foster 2022: all three strains stall at 42 °C", {"lager": (33, 1.5), "kveik": (44, 1.0)}),
)  # fmt: skip

MISHAPS = (
    Row("stalls", "chance", C, (0.03, 0), 0, 1, Shares(0.15, 0.15, 0.10), "the yeast gives up before its time",
        "UC Davis 2025 and Rousu 1999 hold sluggish and stuck ones; no share published for beer",
        {"mead": (0.12, 0), "cider": (0.05, 0), "kettle sour": (0.06, 0)}),
    Row("stall_at", "share", U, (0.30, 0.97), 0, 1, OWN, "how far it had come", "Own; Foster 2022: at 0.2"),
    Row("revives", "chance", C, (0.5, 0), 0, 1, OWN, "roused, warmed or pitched again with success", "Own"),
    Row("revive_h", "h", L, (72, 0.6), 12, 600, OWN, "after how long", "Own"),
    Row("sweetened", "chance", C, (0.03, 0), 0, 1, RECIPE, "fruit or sugar is added", "Margins: upward jumps",
        {"kettle sour": (0.35, 0), "mixed": (0.15, 0), "mead": (0.10, 0), "low-alcohol": (0.0, 0)}),
    Row("sweet_points", "points", L, (5, 0.5), 1, 20, OWN, "by how much gravity jumps", "Margins"),
    Row("sweet_at", "share", U, (0.60, 0.99), 0, 1, OWN, "share of the main sugars gone by then", "Own"),
    Row("sour_drop", "points", U, (0, 0), 0, 4, RECIPE, "what bacteria eat before the pitch", "BJCP",
        {"kettle sour": (0.0, 3.0)}),
)  # fmt: skip

BEER = WORT + CELLS + MISHAPS
