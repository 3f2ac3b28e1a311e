from __future__ import annotations

import pytest

from symntk.errors import DomainError
from symntk.literature import citation, keys, library


def test_every_work_has_authors_a_title_and_a_plausible_year():
    assert set() == {
        work.key for work in library().values() if not (work.authors and work.title and 1800 < work.year < 2100)
    }


def test_every_entry_of_the_bibliography_is_read():
    from importlib.resources import files

    source = files("symntk").joinpath("literature.bib").read_text(encoding="utf-8")
    assert source.count("@") == len(keys())


def test_a_citation_names_author_year_and_title():
    title = "A useful theorem for nonlinear devices having Gaussian inputs"
    assert f"Robert Price (1958). {title}. IRE Transactions on Information Theory" == citation("Price1958")


def test_more_than_three_authors_are_abbreviated():
    assert citation("Klambauer2017").startswith("Günter Klambauer and others (2017)")


def test_an_unknown_key_is_refused_with_the_known_ones():
    with pytest.raises(DomainError, match="'Nobody1900' was asked for.*ChoSaul2009"):
        citation("Nobody1900")
