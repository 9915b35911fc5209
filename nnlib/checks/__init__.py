"""Checkers: one for each exercise of the pages, with a message in words for each mistake.

`check_x(function)` raises an AssertionError that says what is wrong, and returns nothing when all
is right. References are worked numbers, loops and central differences, never a function of nnlib,
and NumPy's functions are bound here, so that nothing a page redefines can change the verdict.

Problem sets (notebooks/assignments) have their checkers in nnlib.checks.ps1 and so on; `grade` runs
a checker on what a student hands in.
"""

from nnlib.checks._grading import grade
from nnlib.checks.activations import check_elu, check_hat, check_leaky, check_softplus
from nnlib.checks.backprop import (
    check_backward_by_loops,
    check_combine_gradients,
    check_skip_backward,
    check_softplus_backward,
)
from nnlib.checks.beans import (
    check_accuracy_error,
    check_centre,
    check_count_dead,
    check_stopping_epoch,
)
from nnlib.checks.crosswalk import (
    check_count_multiplications,
    check_k_folds,
    check_to_pytorch,
)
from nnlib.checks.debugging import (
    check_first_patient,
    check_second_patient,
    check_softmax_test,
    check_third_patient,
)
from nnlib.checks.iris import check_confusion_matrix, check_small_network, check_standardise
from nnlib.checks.layers import (
    check_count_parameters,
    check_dense_by_units,
    check_he_weights,
    check_translate_convention,
)
from nnlib.checks.losses import (
    check_huber,
    check_mean_surprise,
    check_smoothed,
    check_stable_binary,
)
from nnlib.checks.mnist import (
    check_most_confused,
    check_recall_per_class,
    check_shift_right,
    check_top_k_accuracy,
)
from nnlib.checks.start import (
    check_add_row,
    check_matrix_product,
    check_shape_of_product,
    check_square_derivative,
    check_sum_over_samples,
)
from nnlib.checks.training import (
    check_adagrad_update,
    check_batches,
    check_clip_by_norm,
    check_exponential_decay,
)

__all__ = [
    "check_accuracy_error",
    "check_adagrad_update",
    "check_add_row",
    "check_backward_by_loops",
    "check_batches",
    "check_centre",
    "check_clip_by_norm",
    "check_combine_gradients",
    "check_confusion_matrix",
    "check_count_dead",
    "check_count_multiplications",
    "check_count_parameters",
    "check_dense_by_units",
    "check_elu",
    "check_exponential_decay",
    "check_first_patient",
    "check_hat",
    "check_he_weights",
    "check_huber",
    "check_k_folds",
    "check_leaky",
    "check_matrix_product",
    "check_mean_surprise",
    "check_most_confused",
    "check_recall_per_class",
    "check_second_patient",
    "check_shape_of_product",
    "check_shift_right",
    "check_skip_backward",
    "check_small_network",
    "check_smoothed",
    "check_softmax_test",
    "check_softplus",
    "check_softplus_backward",
    "check_square_derivative",
    "check_stable_binary",
    "check_standardise",
    "check_stopping_epoch",
    "check_sum_over_samples",
    "check_third_patient",
    "check_to_pytorch",
    "check_top_k_accuracy",
    "check_translate_convention",
    "grade",
    "try_check",
]


def try_check(check, answer):
    """Run a checker on an answer and print the verdict, so that no exercise stops a page.

    Parameters
    ----------
    check : callable
        A checker of this module.
    answer : object
        What the checker takes, mostly the reader's function.
    """
    name = check.__name__.removeprefix("check_")
    try:
        check(answer)
    except NotImplementedError:
        print(f"{name}: not attempted yet")
    except AssertionError as error:
        print(f"{name}: not right yet. {error}")
    except Exception as error:
        print(f"{name}: stopped with {type(error).__name__}: {error}")
    else:
        print(f"{name}: passed")
