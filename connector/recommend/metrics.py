"""How good a ranking is against what people truly did next; exact, for one learner or many."""

from collections.abc import Collection, Sequence

import numpy as np


def recall_at(k: int, ranked: Sequence[int], relevant: Collection[int]) -> float:
    """Return the share of ``relevant`` among the first ``k`` of ``ranked``, in 0..1; NaN where nothing is relevant."""
    if not relevant:
        return float("nan")
    return float(_hits(k, ranked, relevant).sum()) / len(set(relevant))


def ndcg_at(k: int, ranked: Sequence[int], relevant: Collection[int]) -> float:
    """Return the discounted gain of the first ``k`` over the best possible, in 0..1 (Järvelin and Kekäläinen 2002).

    Gains are 1 or 0, the discount at rank r (from 1) is 1 / log2(r + 1). NaN where nothing is relevant.
    """
    if not relevant:
        return float("nan")
    hits = _hits(k, ranked, relevant)
    ideal = min(k, len(set(relevant)))
    return float(hits @ _discounts(hits.size)) / float(_discounts(ideal).sum())


def hit_rate_at(k: int, rankings: Sequence[Sequence[int]], relevant_sets: Sequence[Collection[int]]) -> float:
    """Return the share of learners with at least one relevant item among their first ``k``.

    Learners without a relevant item are left out; NaN where none is left. ``rankings`` and ``relevant_sets`` run in
    parallel and must be equally long (ValueError).
    """
    pairs = [pair for pair in zip(rankings, relevant_sets, strict=True) if pair[1]]
    if not pairs:
        return float("nan")
    return float(np.mean([bool(_hits(k, ranked, relevant).any()) for ranked, relevant in pairs]))


def _hits(k: int, ranked: Sequence[int], relevant: Collection[int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return 1 or 0 for each of the first ``k``; a repeated item hits once."""
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}.")
    first = np.asarray(ranked[:k], dtype=np.int64)
    hits = np.zeros(first.size)
    _, places = np.unique(first, return_index=True)
    hits[places] = np.isin(first[places], np.fromiter(relevant, dtype=np.int64))
    return hits


def _discounts(ranks: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return 1.0 / np.log2(np.arange(2, ranks + 2, dtype=np.float64))
