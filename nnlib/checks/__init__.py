"""Exercises of the pages, and what judges an answer to them.

`check_x(answer)` raises an AssertionError that says what is wrong, and returns nothing when all is
right; `try_check` prints the verdict, `grade` gives it to what a student hands in. Each check is an
`Exercise`: what is asked, a right answer by loops or worked numbers, the cases, and the mistakes
that people make, as functions with the sentence that helps. An answer is run in one module
(`running`), watched for tools that the task forbids in a second (`watching`), and judged in a third
(`comparing`), which never calls it.

The exercises of the pages are in `pages`, those of the problem sets in `problem_sets`; `examine`
tells whether an exercise of your own is sound.
"""

from nnlib.checks.examining import examine
from nnlib.checks.exercise import Exercise
from nnlib.checks.grading import grade, try_check
from nnlib.checks.pages.activations import check_elu, check_hat, check_leaky, check_softplus
from nnlib.checks.pages.backprop import (
    check_backward_by_loops,
    check_combine_gradients,
    check_skip_backward,
    check_softplus_backward,
)
from nnlib.checks.pages.beans import (
    check_accuracy_error,
    check_centre,
    check_count_dead,
    check_stopping_epoch,
)
from nnlib.checks.pages.crosswalk import (
    check_count_multiplications,
    check_k_folds,
    check_to_pytorch,
)
from nnlib.checks.pages.debugging import (
    check_first_patient,
    check_second_patient,
    check_softmax_test,
    check_third_patient,
)
from nnlib.checks.pages.dense_layer import (
    check_count_parameters,
    check_dense_by_units,
    check_he_weights,
    check_translate_convention,
)
from nnlib.checks.pages.iris import check_confusion_matrix, check_small_network, check_standardise
from nnlib.checks.pages.losses import (
    check_huber,
    check_mean_surprise,
    check_smoothed,
    check_stable_binary,
)
from nnlib.checks.pages.mnist import (
    check_most_confused,
    check_recall_per_class,
    check_shift_right,
    check_top_k_accuracy,
)
from nnlib.checks.pages.start import (
    check_add_row,
    check_matrix_product,
    check_shape_of_product,
    check_square_derivative,
    check_sum_over_samples,
)
from nnlib.checks.pages.training import (
    check_adagrad_update,
    check_batches,
    check_clip_by_norm,
    check_exponential_decay,
)

__all__ = [
    "Exercise",
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
    "examine",
    "grade",
    "try_check",
]
