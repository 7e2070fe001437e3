"""Conversions and checks for gravity, temperature, pressure, volume, attenuation and alcohol.

Inside the house every quantity is in one unit: SG, °C, bar, litres, hours, UTC. These functions stand at the edge.
"""

from dataclasses import dataclass

LITRES_PER_HL = 100.0
LITRES_PER_US_BARREL = 117.347765  # 31 US gallons, 27 CFR 25.11
LITRES_PER_US_GALLON = 3.785411784
BAR_PER_PSI = 0.0689475729
BAR_PER_KPA = 0.01
HOTTEST_BEER_C = 45.0  # kveik ferments up to 42; above it is wort, water or lye
FIRMWARE = "999 is a firmware packet, not a temperature"
WAKING = "exactly 85 °C is what a DS18B20 says before its first measurement"


@dataclass(frozen=True)
class Range:
    """The values that a quantity can physically have, and what a value outside most likely is.

    >>> GRAVITY.holds(1.050), GRAVITY.holds(48.0)
    (True, False)
    >>> GRAVITY.cause(48.0)
    'is it in points or °P?'
    """

    name: str
    low: float
    high: float
    form: str
    hints: tuple[tuple[float, float, str], ...] = ()

    def holds(self, value: float) -> bool:
        """True where `value` is a number inside the range; NaN and infinities are not."""
        return self.low <= value <= self.high

    @property
    def rule(self) -> str:
        """The rule in words, for messages."""
        return f"{self.low:{self.form}}..{self.high:{self.form}}"

    def cause(self, value: float) -> str:
        """The likeliest reason for a value outside the range."""
        for low, high, words in self.hints:
            if low <= value <= high:
                return words
        return "is the sensor in the beer?"


GRAVITY = Range(
    "sg",
    0.980,
    1.200,
    ".3f",
    (
        (0.0, 0.0, "0 is what a float sends when it has no reading"),
        (980.0, 1200.0, "is it SG × 1000?"),
        (-5.0, -0.001, "is it a tilt angle or a spreadsheet error?"),
        (0.001, 0.979, "is it in °P or an attenuation?"),
        (1.201, 160.0, "is it in points or °P?"),
    ),
)
TEMPERATURE = Range(
    "temp_c",
    -10.0,
    105.0,
    ".0f",
    (
        (-127.0, -127.0, "−127 is what a DS18B20 says when it is unplugged"),
        (106.0, 230.0, "is it in °F?"),
        (230.0, 390.0, "is it in K?"),
        (536.7, 537.7, FIRMWARE),  # 999 °F that somebody converted
        (999.0, 999.0, FIRMWARE),
    ),
)
PRESSURE = Range("pressure_bar", -0.2, 10.0, ".1f", ((10.1, 150.0, "is it in psi?"), (150.1, 1100.0, "is it in kPa?")))
PH = Range("ph", 2.0, 9.0, ".1f", ((0.0, 0.0, "0 is what a probe says when it is not connected"),))
PLATO = Range("plato", -6.0, 45.0, ".0f", ((45.1, 160.0, "is it in points?"), (0.0, 0.0, "")))


def sg_from_plato(plato: float) -> float:
    """Specific gravity at 20 °C of `plato` °P; the brewers' rational form, exact inverse of `plato_from_sg`.

    Source: SG = 1 + P / (258.6 − 227.1·P/258.2), within 0.0003 of the ASBC table from 0 to 30 °P.

    >>> round(sg_from_plato(12.0), 4)
    1.0484
    """
    return 1.0 + plato / (258.6 - 227.1 / 258.2 * plato)


def plato_from_sg(sg: float) -> float:
    """°P of a specific gravity at 20 °C; below 1.000 it is negative.

    >>> round(plato_from_sg(1.0484), 2)
    12.01
    """
    excess = sg - 1.0
    return 258.6 * excess / (1.0 + 227.1 / 258.2 * excess)


def c_from_f(fahrenheit: float) -> float:
    """°C of °F.

    >>> c_from_f(68.0)
    20.0
    """
    return (fahrenheit - 32.0) * 5.0 / 9.0


def f_from_c(celsius: float) -> float:
    """°F of °C.

    >>> f_from_c(20.0)
    68.0
    """
    return celsius * 9.0 / 5.0 + 32.0


def c_from_k(kelvin: float) -> float:
    """°C of K.

    >>> c_from_k(293.15)
    20.0
    """
    return kelvin - 273.15


def attenuation(og: float, sg: float) -> float:
    """Apparent attenuation (ADF) as a share: (OG − SG) / (OG − 1), as Deschutes records it; nan where OG ≤ 1.

    >>> round(attenuation(1.050, 1.0125), 3)
    0.75
    """
    return (og - sg) / (og - 1.0) if og > 1.0 else float("nan")


def abv(og: float, sg: float) -> float:
    """Alcohol by volume in %, from original extract and apparent extract.

    Balling's constants: RE = 0.1808·OE + 0.8192·AE, ABW = (OE − RE)/(2.0665 − 0.010665·OE), ABV = ABW·SG/0.794.

    >>> round(abv(1.050, 1.010), 1)
    5.3
    """
    oe, ae = plato_from_sg(og), plato_from_sg(sg)
    real = 0.1808 * oe + 0.8192 * ae
    return max((oe - real) / (2.0665 - 0.010665 * oe) * sg / 0.794, 0.0)


def _hydrometer_points(celsius: float) -> float:
    """Points that a hydrometer marked at 59 °F reads low at this sample temperature (the brewers' cubic)."""
    f = f_from_c(celsius)
    return 1.313454 - 0.132674 * f + 2.057793e-3 * f**2 - 2.627634e-6 * f**3


def hydrometer_at(sg: float, sample_c: float, marked_c: float = 20.0) -> float:
    """What a hydrometer marked for `marked_c` °C means when it read `sg` in a sample of `sample_c` °C.

    Good from 0 to 60 °C; hot wort reads low, so the answer is higher.

    >>> round(hydrometer_at(1.040, 40.0), 4)
    1.0458
    """
    return sg + (_hydrometer_points(sample_c) - _hydrometer_points(marked_c)) / 1000.0


def refractometer_sg(brix_now: float, brix_wort: float, wort_factor: float = 1.04) -> float:
    """Gravity of fermenting or finished beer from a refractometer, alcohol taken out.

    `brix_wort` is the reading of the same wort before pitching, both as read; `wort_factor` is the instrument's.
    Quadratic correlation of P. Novotný (Zymurgy, July/August 2017), which also holds half-way through, where
    Terrill's cubic (seanterrill.com, 2011) reads up to 8 points low. Good to about ± 2 points.

    >>> round(refractometer_sg(6.2, 12.5), 4)
    1.0086
    """
    wort, now = brix_wort / wort_factor, brix_now / wort_factor
    square = 1.335e-5 * wort**2 - 3.239e-5 * wort * now + 2.916e-5 * now**2
    return 1.0 + square - 2.421e-3 * wort + 6.219e-3 * now
