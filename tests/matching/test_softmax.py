import numpy as np

from app.matching import meaning, softmax

LABELS = np.array(["cup", "door"])


def test_labels_that_lie_apart_are_told_apart() -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]] * 50, np.float32)
    weights = softmax.fit(vectors, LABELS, np.array(["cup", "cup", "door", "door"] * 50))
    likely = meaning.log_probabilities(weights, vectors[:4])
    assert likely.argmax(axis=1).tolist() == [0, 0, 1, 1]
    assert np.allclose(np.exp(likely).sum(axis=1), 1, atol=1e-3)


def test_two_fits_of_the_same_vectors_are_the_same() -> None:
    vectors = np.random.default_rng(1).normal(size=(300, 4)).astype(np.float32)
    of = LABELS[(vectors[:, 0] > 0).astype(int)]
    assert (softmax.fit(vectors, LABELS, of) == softmax.fit(vectors, LABELS, of)).all()
