"""Learning-rate schedules: large steps at first, small ones at the end."""

from nnlib._guards import positive, real_number, whole_number

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
        self.initial_learning_rate = positive("initial_learning_rate", initial_learning_rate)
        self.decay_steps = whole_number("decay_steps", decay_steps, 1)
        self.end_learning_rate = real_number(
            "end_learning_rate", end_learning_rate, "a number, at least 0", lambda value: value >= 0
        )
        self.power = positive("power", power)

    def __call__(self, step):
        left = max(0.0, 1 - step / self.decay_steps)
        fall = self.initial_learning_rate - self.end_learning_rate
        return fall * left**self.power + self.end_learning_rate
