"""The crew's rows: filling, temperatures, dry hops, and when they call it done. Groups are kinds."""

from cellarhand.simulate.prior.rows import HOUSE, OWN, RECIPE, Law, Row, Shares

N, L, U, C = Law.NORMAL, Law.LOGNORMAL, Law.UNIFORM, Law.CHANCE
CREW = Shares(brewery=0.45, brand=0.25)

FILLING = (
    Row("early", "chance", C, (0.12, 0), 0, 1, HOUSE, "the log begins well before the pitch",
        "Margins: pilot series start up to 25 h before it", {"kettle sour": (0.7, 0)}),
    Row("early_h", "h", U, (2, 26), 0, 48, OWN, "by how much", "Margins", {"kettle sour": (12, 48)}),
    Row("brews", "count", U, (1, 3.4), 1, 5, HOUSE, "brews that fill the tank (whole part)",
        "Own; Deschutes has a phase for filling", {"mead": (1, 1.2), "cider": (1, 1.6)}),
    Row("brew_gap", "h", L, (6, 0.4), 2, 26, HOUSE, "between two brews", "Own; filling may take a day"),
    Row("brew_step", "points", N, (0, 0.8), -4, 4, OWN, "gravity from one brew to the next", "Own"),
)  # fmt: skip

WARMTH = (
    Row("set_c", "°C", N, (19.5, 1.3), 5, 40, Shares(0.15, 0.20, 0.50), "set temperature after the pitch",
        "Deschutes 16.7–18.3; Yeast table: ale 18–24, lager 10–15; kveik own",
        {"lager": (11.3, 1.6), "kveik": (31, 3), "kettle sour": (20, 1.5), "mixed": (21, 1.8),
         "STA1-positive": (22.5, 2), "low-alcohol": (19, 1.5), "cider": (17, 2), "mead": (19, 1.5)}),
    Row("pitch_off", "K", N, (-0.3, 1.2), -5, 5, CREW, "beer at the pitch less the set temperature", "Own"),
    Row("control", "1/h", L, (0.30, 0.6), 0.03, 1.5, HOUSE, "how fast the tank comes back to what is wanted", "Own"),
    Row("swing", "K", L, (0.15, 0.9), 0.0, 3.0, HOUSE, "the day's swing", "Own; rooms without cooling swing by 2–3 K"),
    Row("swing_phase", "h", U, (0, 24), 0, 24, HOUSE, "when in the day", "Own"),
    Row("heat", "K per °P", N, (1.2, 0.12), 0.7, 1.6, OWN, "self-heating per apparent °P", "Heat"),
    Row("rises", "chance", C, (0.5, 0), 0, 1, CREW, "free rise or diacetyl rest", "Deschutes: often skipped",
        {"lager": (0.8, 0), "kveik": (0.1, 0), "cider": (0.1, 0), "mead": (0.1, 0), "low-alcohol": (0.2, 0)}),
    Row("rise_c", "K", U, (0.5, 4.5), 0, 10, CREW, "by how much", "Deschutes 60→70 °F; White 18–20 °C for lagers",
        {"lager": (2, 7)}),
    Row("rise_at", "share", U, (0.50, 0.97), 0, 1, CREW, "share of the main sugars gone by then",
        "Deschutes: 80–93 % of the final attenuation; other rules 50–75 %; White: 2–5 points above the end"),
)  # fmt: skip

HOPS = (
    Row("hopped", "chance", C, (0.45, 0), 0, 1, Shares(0.05, 0.0, 0.90), "dry-hopped", "Own, by style",
        {"lager": (0.10, 0), "kveik": (0.4, 0), "kettle sour": (0.15, 0), "mixed": (0.10, 0),
         "STA1-positive": (0.15, 0), "low-alcohol": (0.3, 0), "cider": (0.05, 0), "mead": (0.02, 0)}),
    Row("hop_charges", "count", U, (1, 3.5), 1, 3.5, RECIPE, "charges (whole part)", "Own"),
    Row("hop_at", "share", U, (0.70, 1.08), 0, 1.2, CREW, "share of the main sugars gone; above 1, a day of quiet",
        "Own: from high krausen to after the end"),
    Row("hop_gap", "h", L, (48, 0.4), 12, 168, CREW, "between charges", "Own"),
    Row("hop_points", "points", L, (1.2, 0.8), 0.0, 9.0, Shares(0.15, 0.0, 0.45), "what one charge frees in the end",
        "Kirkpatrick 2018: about 5 points in 5 days at a heavy charge; down to nothing at a light one"),
    Row("hop_speed", "1/h", L, (0.014, 0.5), 0.002, 0.06, Shares(0.2, 0.0, 0.3), "how fast at 20 °C",
        "Stokholm 2020: at its end by 72 h; Kirkpatrick 2018: still moving at 40 days"),
)  # fmt: skip

ENDING = (
    Row("quiet_h", "h", L, (40, 0.55), 8, 500, CREW, "quiet that the crew waits for (under 0.6 points a day)",
        "Deschutes: diacetyl rest 19–67 h; brewers' rule: two to three days unchanged",
        {"mixed": (200, 0.5), "mead": (150, 0.5), "cider": (100, 0.5)}),
    Row("least_h", "h", L, (120, 0.45), 30, 2200, CREW, "and it is never called done before",
        "Micet: ales 1–2 weeks, lagers 4–6; O'Brien 2024: IPA primary 3–5 days; mixed beers months",
        {"lager": (360, 0.95), "kveik": (72, 0.4), "kettle sour": (110, 0.4), "mixed": (1000, 0.6),
         "STA1-positive": (190, 0.4), "low-alcohol": (60, 0.4), "cider": (340, 0.5), "mead": (700, 0.4)}),
    Row("crashes", "chance", C, (0.75, 0), 0, 1, CREW, "cold crash or lagering", "Own; Deschutes cools every brand",
        {"lager": (0.95, 0), "mixed": (0.4, 0), "cider": (0.4, 0), "mead": (0.3, 0)}),
    Row("crash_c", "°C", N, (2, 1.3), -1.5, 8, HOUSE, "down to", "Deschutes: under 30 °F; White"),
    Row("crash_h", "h", L, (20, 0.6), 5, 480, CREW, "cooling time",
        "Deschutes 5–64 h; White: not under 6 h, 0.5–1 K a day to keep yeast awake",
        {"lager": (100, 1.1)}),
    Row("mature_h", "h", L, (90, 0.65), 12, 1000, CREW, "from the call to packaging",
        "Deschutes: maturation 48–82 h, then 15–150 h idle; Micet: lagers 4–6 weeks in all",
        {"lager": (280, 0.7), "mixed": (200, 0.5), "cider": (150, 0.5), "mead": (200, 0.5)}),
)  # fmt: skip

CELLAR = FILLING + WARMTH + HOPS + ENDING
