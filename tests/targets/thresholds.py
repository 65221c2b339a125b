"""How far a single number tells two classes apart."""


def best_threshold(zeros: list[int], ones: list[int]) -> float:
    """The accuracy of the best rule that a value against a threshold tells the label."""
    cuts = range(max(*zeros, *ones) + 1)
    above = [
        (sum(v > cut for v in ones) + sum(v <= cut for v in zeros)) / (2 * len(ones))
        for cut in cuts
    ]
    return max(max(right, 1 - right) for right in above)
