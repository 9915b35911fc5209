"""The exercises of the problem sets in notebooks/assignments: one module for each set."""
