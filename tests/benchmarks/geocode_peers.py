"""What others would do with the same texts: string distance over all labels, and TF-IDF with a re-rank."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from gridgeo.locate.gazetteer import Gazetteer


def _labels(gazetteer: Gazetteer) -> pd.DataFrame:
    """Return the entries with the text that a peer compares: community and label."""
    entries = gazetteer.entries.copy()
    entries["full"] = entries["area_name"].fillna("") + entries["label"]
    return entries


def by_string_distance(gazetteer: Gazetteer) -> Callable[[str], int]:
    """Return a peer that takes the label with the best partial likeness of all."""
    labels = _labels(gazetteer)["full"].tolist()
    return lambda text: process.extractOne(text, labels, scorer=fuzz.token_set_ratio)[2]


def by_tf_idf(gazetteer: Gazetteer) -> Callable[[str], int]:
    """Return a peer that takes 20 labels by character 1- to 3-grams and the likest of them."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    labels = _labels(gazetteer)["full"].tolist()
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    matrix = vectorizer.fit_transform(labels).T.tocsc()

    def find(text: str) -> int:
        likeness = np.asarray((vectorizer.transform([text]) @ matrix).todense()).ravel()
        near = np.argpartition(-likeness, 20)[:20]
        return max(near, key=lambda i: (fuzz.partial_ratio(labels[i], text) + 100 * likeness[i], -i))

    return find


def measure_peer(
    find: Callable[[str], int], gazetteer: Gazetteer, rows: pd.DataFrame, right_m: float
) -> tuple[float, float]:
    """Return the share of right answers and the rows a second of a peer."""
    start = time.process_time()
    found = [find(text) for text in rows["text"]]
    seconds = time.process_time() - start
    at = gazetteer.entries[["x", "y"]].to_numpy()[found]
    right = np.hypot(*(at - rows[["x", "y"]].to_numpy()).T) <= right_m
    return float(right.mean()), len(rows) / seconds
