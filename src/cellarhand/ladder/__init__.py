"""The rungs' machinery, whatever the table: design, solvers with certificates, splits, gate, advisor.

Everywhere the objective is the weighted mean loss + l1·‖b‖₁ + ½·l2·‖b‖²; the intercept is never penalised.
"""

from cellarhand.ladder.advisor import Advice, Judged, advise
from cellarhand.ladder.crosses import Buckets, crossed, products
from cellarhand.ladder.descent import Chunk, descend
from cellarhand.ladder.design import Design
from cellarhand.ladder.exact import least_squares, logistic
from cellarhand.ladder.gate import Verdict, promotion
from cellarhand.ladder.loss import LOGISTIC, SQUARED, Certificate, Fit, Loss
from cellarhand.ladder.sparse import elastic_net, largest_l1, path
from cellarhand.ladder.split import Split, group_folds, group_holdout, time_folds

__all__ = [
    "LOGISTIC",
    "SQUARED",
    "Advice",
    "Buckets",
    "Certificate",
    "Chunk",
    "Design",
    "Fit",
    "Judged",
    "Loss",
    "Split",
    "Verdict",
    "advise",
    "crossed",
    "descend",
    "elastic_net",
    "group_folds",
    "group_holdout",
    "largest_l1",
    "least_squares",
    "logistic",
    "path",
    "products",
    "promotion",
    "time_folds",
]
