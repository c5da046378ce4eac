import numpy as np
import pytest

from app.matching import confidence


def test_a_logistic_learns_which_feature_tells() -> None:
    rows = np.array([[1.0, value] for value in (-2, -1, 1, 2)] * 50)
    right = np.array([0.0, 0.0, 1.0, 1.0] * 50)
    low, high = confidence.logistic(
        np.array([[1.0, -2.0], [1.0, 2.0]]) @ confidence.fit_logistic(rows, right, np.ones(200))
    )
    assert low < 0.05
    assert high > 0.95


def test_the_threshold_lets_no_more_than_the_risk_through() -> None:
    out = np.linspace(0, 1, 101)
    for risk in (0.01, 0.02, 0.1):
        assert np.mean(out >= confidence.threshold_for(out, risk)) <= risk


def test_a_row_that_stands_for_many_weighs_as_many() -> None:
    rows, right = np.array([[1.0], [1.0]]), np.array([0.0, 1.0])
    level = confidence.logistic(rows[:1] @ confidence.fit_logistic(rows, right, np.array([3.0, 1.0])))
    assert level[0] == pytest.approx(0.25, abs=0.01)


def test_without_a_risk_the_bar_is_at_even_odds() -> None:
    assert confidence.threshold_for(np.array([0.9, 0.95]), None) == confidence.EVEN_ODDS


def test_without_anything_to_learn_from_the_bar_is_half() -> None:
    assert confidence.threshold_for(np.empty(0), 0.02) == 0.5
