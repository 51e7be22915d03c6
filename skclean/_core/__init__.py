"""Formulas of noisy labels: class codes and float arrays in, arrays out.

Labels are codes 0..K-1 and matrices are indexed [true, given]. Functions read
``pred_probs`` by blocks of rows alone, never whole: slices of rows and, in the rules
that count by class, lists of rows.
"""
