"""The table of temperatures: between its entries, beyond its edges, and damaged ones."""

import pytest

from fewshot_gui.engine.temperatures import Temperatures

TABLE = Temperatures((2, 8), (1, 5, 25), ((4.0, 2.0, 1.0), (16.0, 8.0, 4.0)))


def test_an_entry_is_what_it_says():
    assert TABLE.at(8, 5) == pytest.approx(8.0)
    assert TABLE.at(2, 25) == pytest.approx(1.0)


def test_between_entries_the_logarithms_count():
    assert TABLE.at(4, 5) == pytest.approx(4.0)  # half way from 2 to 8, half way from 2.0 to 8.0
    assert TABLE.at(2, 5**0.5) == pytest.approx(8**0.5)


def test_beyond_the_edges_it_stays_as_at_the_edge():
    assert TABLE.at(100, 300) == pytest.approx(4.0)
    assert TABLE.at(2, 0.5) == pytest.approx(4.0)


def test_a_single_entry_holds_everywhere():
    assert Temperatures((5,), (5,), ((3.0,),)).at(2, 50) == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("ways", "shots", "values"),
    [
        ((), (1,), ()),
        ((5, 2), (1,), ((1.0,), (1.0,))),
        ((2, 2), (1,), ((1.0,), (1.0,))),
        ((0, 2), (1,), ((1.0,), (1.0,))),
        ((2, 5), (1,), ((1.0,),)),
        ((2,), (1, 5), ((1.0,),)),
        ((2,), (1,), ((0.0,),)),
    ],
)
def test_a_damaged_table_is_refused(ways, shots, values):
    with pytest.raises(ValueError, match="must have ascending ways and shots"):
        Temperatures(ways, shots, values)
