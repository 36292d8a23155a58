"""From agreement to probability: weights fitted on texts made from the gazetteer itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit

from gridgeo.locate.geocode.answer import INTERPOLATED, Match
from gridgeo.locate.geocode.features import FEATURES
from gridgeo.locate.geocode.rehearsal import Rehearsal, rehearse

if TYPE_CHECKING:
    from gridgeo.locate.gazetteer.gazetteer import Gazetteer

__all__ = ["fit_weights", "to_probability"]

RIGHT_M = 30.0  # an answer this close to the place meant is the place meant
BETWEEN_M = 150.0  # half a block: on the right stretch of the right street
INTERPOLATION_MISSES = (
    9  # one of so many interpolated places lies outside its uncertainty (Cambridge, held out)
)
RIDGE = 1.0  # keeps the weight of a feature that rarely varies small
MIN_BIN = 40  # rows behind each step of the curve from score to probability
CAP = 0.995  # no answer is certain
FLOOR = 0.005


def fit_weights(gazetteer: Gazetteer, seed: int) -> dict[str, Any]:
    """Return the weights with which :func:`to_probability` answers for this gazetteer.

    Parameters
    ----------
    gazetteer
        Its entries are spelled with and without slips, found again, and the answers compared.
    seed
        Of those spellings.
    """
    engine = gazetteer.engine.matcher
    rehearsals = rehearse(
        gazetteer.entries, gazetteer.ranges, engine.places, engine.script, np.random.default_rng(seed)
    )
    features, right = [], []
    for order, rehearsal in enumerate(rehearsals):
        match = engine.match(engine.script.normalize(rehearsal.text))
        if match is not None:
            features.append(match.features)
            lucky = not rehearsal.is_between or order % INTERPOLATION_MISSES != 0
            right.append(lucky and _is_right(match, rehearsal))
    if len(set(right)) < 2:
        return {}
    return _fit(np.array(features), np.array(right, dtype=np.float64))


def _is_right(match: Match, rehearsal: Rehearsal) -> bool:
    """Return whether the answer is the place meant."""
    if math.isnan(rehearsal.x):
        return False
    distance = math.hypot(match.x - rehearsal.x, match.y - rehearsal.y)
    if rehearsal.is_between:
        return match.level == INTERPOLATED and distance <= max(BETWEEN_M, match.uncertainty_m)
    return distance <= RIGHT_M


def _fit(features: NDArray[np.float64], right: NDArray[np.float64]) -> dict[str, Any]:
    """Return a logistic model of the features, and the monotone curve that mends its probabilities."""
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale[scale == 0] = 1.0
    standard = np.column_stack([(features - mean) / scale, np.ones(len(features))])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Return the negative log likelihood with its slope."""
        logit = standard @ weights
        price = np.logaddexp(0.0, logit) - right * logit
        slope = standard.T @ (expit(logit) - right)
        return float(price.sum() + RIDGE * weights[:-1] @ weights[:-1]), slope + 2 * RIDGE * np.append(
            weights[:-1], 0
        )

    weights = minimize(loss, np.zeros(standard.shape[1]), jac=True, method="L-BFGS-B").x
    raw = standard @ weights
    knots, values = _curve(raw, right)
    return {
        "features": list(FEATURES),
        "mean": mean.tolist(),
        "scale": scale.tolist(),
        "weights": weights.tolist(),
        "knots": knots,
        "values": values,
    }


def _curve(raw: NDArray[np.float64], right: NDArray[np.float64]) -> tuple[list[float], list[float]]:
    """Return the share of right answers over the logit, never falling, in steps of ``MIN_BIN`` rows."""
    order = np.argsort(raw, kind="stable")
    bins = np.array_split(order, max(1, len(order) // MIN_BIN))
    shares = np.array([right[b].mean() for b in bins])
    sizes = np.array([float(len(b)) for b in bins])
    values = np.clip(isotonic_regression(shares, weights=sizes).x, FLOOR, CAP)
    return [float(raw[b].mean()) for b in bins], values.tolist()


def to_probability(features: NDArray[np.float64], weights: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return for each row of features the probability that the answer is the place meant."""
    if not weights:
        # nothing went wrong, or nothing was found, in the rehearsal: the names alone decide
        return np.clip(0.5 + 0.1 * features[:, 0], FLOOR, CAP)
    standard = (features - np.array(weights["mean"])) / np.array(weights["scale"])
    raw = standard @ np.array(weights["weights"][:-1]) + weights["weights"][-1]
    curve = np.interp(raw, weights["knots"], weights["values"])
    probability: NDArray[np.float64] = np.minimum(curve, _share(features))
    return probability


def _share(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chance of the place that was picked among those that fit as well."""
    share: NDArray[np.float64] = np.exp(-features[:, FEATURES.index("n_places")])
    return share
