"""Published constants of the two laws of motion, each with its source; `docs/second-simulator.md` lists them."""

from dataclasses import dataclass

import numpy as np

from cellarhand.domain import Floats

KELVIN = 273.15
GAS_KCAL = 1.987e-3  # kcal/mol/K, the unit that Gee & Ramirez give their energies in

ANDRES_TORO = "de Andrés-Toro et al. 1998, Math. Comput. Simul. 48:65–74"
RAMIREZ = "Ramirez & Maciejowski 2007, J. Inst. Brew. 113(3):325–333, after Gee & Ramirez 1994 and Engasser 1981"
BALLING = "Balling: apparent attenuation is real attenuation ÷ 0.8192"
HEAT = "587 kJ per kg extract (Boulton and others; sources 506–716)"


@dataclass(frozen=True)
class Arrhenius:
    """A constant k(T) = exp(a − b/T), `b` in kelvin."""

    a: float
    b: float
    unit: str
    means: str

    def at(self, temp_c: Floats) -> Floats:
        """The constant at temperatures in °C, shape of `temp_c`.

        >>> round(float(Arrhenius(108.31, 31934.09, "1/h", "").at(np.array(12.0))), 4)
        0.0252
        """
        return np.asarray(np.exp(self.a - self.b / (np.asarray(temp_c, float) + KELVIN)))


def by_energy(a: float, kcal: float, unit: str, means: str) -> Arrhenius:
    """The same from an activation energy: exp(a − E/(R·T)).

    >>> round(by_energy(35.77, 22.6, "1/h", "").b)
    11374
    """
    return Arrhenius(a, kcal / GAS_KCAL, unit, means)


# de Andrés-Toro et al. 1998, as four independent implementations agree on them; a lager yeast, fitted at 8–16 °C.
TORO = {
    "growth": Arrhenius(108.31, 31934.09, "1/h", "active cells grow, at half the sugar"),
    "waking": Arrhenius(30.72, 9501.54, "1/h", "latent cells become active"),
    "dying": Arrhenius(130.16, 38313.0, "1/h", "active cells die"),
    "settling": Arrhenius(33.82, 10033.28, "1/h", "dead cells settle"),
    "uptake": Arrhenius(-41.92, -11654.64, "1/h", "sugar eaten by a gram of active cells"),
    "ethanol": Arrhenius(3.27, 1267.24, "1/h", "ethanol made by a gram of active cells"),
    "half_sugar": Arrhenius(-119.63, -34203.95, "g/L", "sugar at which uptake is half (Monod)"),
    "acetate": Arrhenius(89.92, 26589.0, "ppm L/g", "ethyl acetate for a gram of sugar"),
}
TORO_DIACETYL_MADE = 1.27672e-4  # L/g/h, for sugar times active cells
TORO_DIACETYL_EATEN = 1.13864e-3  # L/g/h, for diacetyl times ethanol
TORO_CELLS = (1.92, 0.08, 2.0)  # g/L latent, active and dead at the pitch: 48, 2 and 50 %
TORO_RANGE_C = (8.0, 14.0)  # above it the law's cells die faster than they grow and strand sugar

# The three-sugar law; mol/m³, hours. The Arrhenius set, not the second published set at 10.5 °C: another yeast.
SUGARS = {
    "glucose_rate": by_energy(35.77, 22.6, "1/h", "most glucose uptake"),
    "maltose_rate": by_energy(16.40, 11.3, "1/h", "most maltose uptake"),
    "triose_rate": by_energy(10.59, 7.16, "1/h", "most maltotriose uptake"),
    "glucose_half": by_energy(-121.3, -68.6, "mol/m³", "glucose at half uptake"),
    "maltose_half": by_energy(-19.15, -14.4, "mol/m³", "maltose at half uptake"),
    "triose_half": by_energy(-26.78, -19.9, "mol/m³", "maltotriose at half uptake"),
    "glucose_blocks": by_energy(23.33, 10.2, "mol/m³", "glucose that halves the uptake of the others"),
    "maltose_blocks": by_energy(55.61, 26.3, "mol/m³", "maltose that halves the uptake of maltotriose"),
}
SUGAR_GRAMS = np.array([180.16, 342.30, 504.44])  # g/mol of glucose, maltose, maltotriose
SUGAR_SHARES = np.array([70.0, 220.0, 40.0]) * SUGAR_GRAMS / 1000.0  # g/L, the published wort
SUGAR_HEAT = np.array([91.2, 226.3, 361.3])  # kJ/mol released
GROWTH_YIELD = np.array([0.134, 0.268, 0.402])  # mol biomass a mol of sugar
SUGAR_CELLS = 125.0  # mol/m³ at the pitch
CROWDING = 3.65e5  # (mol/m³)², growth halves when the crop has grown by its root

PLATO = (135.997, -630.272, 1111.14, -616.868)  # °P of SG, ASBC cubic
REAL_PER_APPARENT = 0.8192
HEAT_KJ_PER_G = 0.587
HEAT_CAPACITY = 1.04 * 4.016  # kJ/L/K: 1040 kg/m³ and 4016 J/kg/K (Gee & Ramirez)
