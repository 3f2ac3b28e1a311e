"""How each elementary and special function of one variable acts on balls."""

from __future__ import annotations

import sympy
from flint import acb, arb

from symntk.numbers.bivariate_normal import enclose_complex_normal, enclose_normal
from symntk.numbers.elementary import Rule, left_of_one, left_of_zero, outside_imaginary_interval, outside_unit_interval
from symntk.numbers.normal_distribution import NormalCDF


def _arc_sine(z: acb) -> acb:
    """asin z; where √(1 − z²) + iz cancels on a wide ball, from its inverse √(1 − z²) − iz."""
    value = z.asin()
    if value.is_finite():
        return value
    return acb(0, 1) * ((1 - z * z).sqrt(analytic=True) - acb(0, 1) * z).log(analytic=True)


RULES: dict[type, Rule] = {
    sympy.exp: Rule(real=arb.exp, complex=acb.exp),
    sympy.log: Rule(real=arb.log, complex=acb.log, cut=left_of_zero, poles=(0,)),
    sympy.sin: Rule(real=arb.sin, complex=acb.sin),
    sympy.cos: Rule(real=arb.cos, complex=acb.cos),
    sympy.tan: Rule(real=arb.tan, complex=acb.tan),
    sympy.cot: Rule(real=arb.cot, complex=acb.cot, poles=(0,)),
    sympy.sec: Rule(real=arb.sec, complex=acb.sec),
    sympy.csc: Rule(real=arb.csc, complex=acb.csc, poles=(0,)),
    sympy.asin: Rule(real=arb.asin, complex=_arc_sine, cut=outside_unit_interval),
    sympy.acos: Rule(real=arb.acos, complex=lambda z: acb.pi() / 2 - _arc_sine(z), cut=outside_unit_interval),
    sympy.atan: Rule(real=arb.atan, complex=acb.atan, cut=outside_imaginary_interval),
    sympy.sinh: Rule(real=arb.sinh, complex=acb.sinh),
    sympy.cosh: Rule(real=arb.cosh, complex=acb.cosh),
    sympy.tanh: Rule(real=arb.tanh, complex=acb.tanh),
    sympy.coth: Rule(real=arb.coth, complex=acb.coth, poles=(0,)),
    sympy.sech: Rule(real=arb.sech, complex=acb.sech),
    sympy.csch: Rule(real=arb.csch, complex=acb.csch, poles=(0,)),
    sympy.asinh: Rule(
        real=arb.asinh, complex=lambda z: acb(0, -1) * _arc_sine(acb(0, 1) * z), cut=outside_imaginary_interval
    ),
    sympy.acosh: Rule(real=arb.acosh, complex=acb.acosh, cut=left_of_one),
    sympy.atanh: Rule(real=arb.atanh, complex=acb.atanh, cut=outside_unit_interval, poles=(-1, 1)),
    sympy.erf: Rule(real=arb.erf, complex=acb.erf),
    sympy.erfc: Rule(real=arb.erfc, complex=acb.erfc),
    sympy.erfi: Rule(real=arb.erfi, complex=acb.erfi),
    sympy.gamma: Rule(real=arb.gamma, complex=acb.gamma),
    sympy.loggamma: Rule(real=arb.lgamma, complex=acb.lgamma, cut=left_of_zero),
    sympy.digamma: Rule(real=arb.digamma, complex=acb.digamma),
    NormalCDF: Rule(real=enclose_normal, complex=enclose_complex_normal),
}
