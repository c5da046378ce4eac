import math
from typing import get_args

import numpy as np
import pytest

from app.matching import confidence
from app.matching.confidence import CALIBRATION_FEATURES, MEANING_FEATURES, Calibration
from app.matching.matcher import _by_meaning
from app.matching.vocabulary import Lexicon, Vocabulary


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


def test_the_threshold_is_the_lowest_that_keeps_to_the_risk() -> None:
    out = np.random.default_rng(1).permutation(np.linspace(0.1, 0.9, 100))
    for risk, passing in ((0.0, 0), (0.05, 5), (0.059, 5), (0.5, 50)):
        threshold = confidence.threshold_for(out, risk)
        assert [(out >= threshold).sum(), (out >= math.nextafter(threshold, 0)).sum()] == [passing, passing + 1]
    assert confidence.threshold_for(out, 1.0) <= 0.1 + 1e-9


def test_a_candidate_is_told_by_its_score_and_how_far_it_lies_above_the_others() -> None:
    assert confidence.candidate_features(0.75, other=0.5, rival=0.25) == (0.75, 0.25, 0.5, 0.5)


def test_a_text_is_told_by_its_unknown_words_its_length_and_whether_it_follows_an_answer() -> None:
    vocabulary = Vocabulary.learn(["where is the lamp"], Lexicon())
    alone, after = vocabulary.read("the lamp zorp"), vocabulary.read("the lamp zorp", "lamp-color")
    assert confidence.text_features(0.3, alone) == (1.0, alone.unknown, math.log1p(3), 0.3, 0.0)
    assert confidence.text_features(0.3, after)[-1] == 1.0
    assert alone.unknown > 0


def test_each_kind_of_topic_is_ranked() -> None:
    assert get_args(confidence.Kind) == confidence.KINDS


def test_each_column_of_a_feature_vector_has_a_name() -> None:
    reading = Vocabulary.learn(["lamp"], Lexicon()).read("lamp")
    vector = (*confidence.candidate_features(0.9, 0.0, 0.0), *confidence.text_features(0.0, reading))
    assert len(vector) == len(CALIBRATION_FEATURES)
    assert vector[confidence.SCORE] == 0.9
    assert len(_by_meaning(0, np.array([-1.0, -2.0]))) == len(MEANING_FEATURES)


def test_a_confidence_is_the_logistic_of_the_weighted_features_of_its_kind() -> None:
    calibration = Calibration({"entry": (2.0, -1.0), "talk": (0.0, 1.0)}, {})
    assert calibration.confidence((1.5, 1.0), "entry") == pytest.approx(1 / (1 + math.exp(-2)))
    assert calibration.confidence((1.5, 1.0), "talk") == pytest.approx(1 / (1 + math.exp(-1)))
    for weighted, bound in ((1e9, 30.0), (-1e9, -30.0)):
        bounded = 1 / (1 + math.exp(-bound))
        assert calibration.confidence((weighted, 0.0), "entry") == bounded
        at_once = confidence.logistic(np.array([weighted]))[0]
        assert (at_once, 1 - at_once) == (pytest.approx(bounded), pytest.approx(1 - bounded, rel=0.01, abs=0))


def test_what_can_be_told_apart_wholly_is_not_taken_for_certain() -> None:
    rows, right = np.array([[1.0, -1.0], [1.0, 1.0]]), np.array([0.0, 1.0])
    low, high = confidence.logistic(rows @ confidence.fit_logistic(rows, right, np.ones(2)))
    assert 0.0001 < low < 0.01
    assert high == pytest.approx(1 - low)
    assert list(confidence.fit_logistic(np.empty((0, 3)), np.empty(0), np.empty(0))) == [0.0, 0.0, 0.0]
