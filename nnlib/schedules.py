"""Learning-rate schedules: large steps at first, small ones at the end."""

__all__ = ["PolynomialDecay"]


class PolynomialDecay:
    """A learning rate that falls from one value to another, in a straight line unless told so.

    η_t = (η_0 - η_end) (1 - t / T)^p + η_end for step t < T, then η_end

    Parameters
    ----------
    initial_learning_rate : float, η_0
    decay_steps : int, T
        Number of updates (not epochs) over which it falls: epochs x batches per epoch.
    end_learning_rate : float, η_end
    power : float, p
        1 is a straight line.

    Notes
    -----
    Names, defaults and the count of steps from 0 as in Keras.
    """

    def __init__(self, initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0):
        if not (initial_learning_rate > 0 and end_learning_rate >= 0):
            raise ValueError(
                "learning rates must be above 0, and the last one at least 0, "
                f"got {initial_learning_rate!r} and {end_learning_rate!r}"
            )
        if not decay_steps >= 1:
            raise ValueError(f"decay_steps must be at least 1, got {decay_steps!r}")
        self.initial_learning_rate = float(initial_learning_rate)
        self.decay_steps = decay_steps
        self.end_learning_rate = float(end_learning_rate)
        self.power = power

    def __call__(self, step):
        left = max(0.0, 1 - step / self.decay_steps)
        fall = self.initial_learning_rate - self.end_learning_rate
        return fall * left**self.power + self.end_learning_rate
