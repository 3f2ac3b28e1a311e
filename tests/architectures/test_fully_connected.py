"""The fully connected recursion against its definition at a few layers."""

from __future__ import annotations

import sympy
from sympy import Rational

from symntk.activations.catalogue import activation
from symntk.architectures.fully_connected import FullyConnected, architecture
from symntk.architectures.recursion import KernelRecursion
from symntk.gaussian.dual import derivative_dual, dual
from symntk.notation import RHO


def test_one_layer_of_relu_is_its_arc_cosine_kernels() -> None:
    net: KernelRecursion = FullyConnected()
    c = Rational(1, 2)
    total = dual(activation("relu")).at(1)
    mapped, slope = (
        sympy.sympify(e).subs(RHO, c) / total
        for e in (dual(activation("relu")).expression, derivative_dual(activation("relu")))
    )
    kernel = net.ntk_factor(c, slope) * c + net.ntk_source(c, mapped)
    assert 0 == sympy.simplify(slope - Rational(2, 3))
    assert 0 == sympy.simplify(kernel - (net.correlation(c, mapped) + Rational(1, 3)))


def test_on_the_diagonal_the_kernel_counts_the_layers() -> None:
    net, kernel = FullyConnected(), sympy.Integer(1)
    for _ in range(4):
        kernel = net.ntk_factor(sympy.Integer(1), sympy.Integer(1)) * kernel + net.ntk_source(kernel, sympy.Integer(1))
    assert 5 == kernel


def test_an_architecture_is_found_by_its_name() -> None:
    assert FullyConnected() == architecture("fc")
