import numpy as np

from app.matching import svm


def test_a_label_with_few_rows_gets_a_head_start_and_the_others_none() -> None:
    labels = np.array(["few"] * 2 + ["many"] * 40 + ["more"] * 60)
    few, many, more = svm.head_start(labels)
    assert few > 0
    assert (many, more) == (0, 0)


def test_labels_of_about_one_size_are_left_alone() -> None:
    assert not svm.head_start(np.array(["a"] * 10 + ["b"] * 30)).any()
