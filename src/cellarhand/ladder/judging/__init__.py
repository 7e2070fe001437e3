"""Judging a classifier, one way for lab and evidence: all at the one threshold in force, undefined where undefined."""

from cellarhand.ladder.judging.bias import Bias, Probe, bias, score_test
from cellarhand.ladder.judging.costs import FEWEST_EVENTS, CostPanel, Costs, Rule, cost_panel
from cellarhand.ladder.judging.curves import Between, Curves, auc_between, curves
from cellarhand.ladder.judging.learning import LearningCurve, Point, learning_curve, verdict_of
from cellarhand.ladder.judging.probes import probes
from cellarhand.ladder.judging.scorecard import Scorecard, auc, average_precision, log_loss, scorecard

__all__ = [
    "FEWEST_EVENTS",
    "Between",
    "Bias",
    "CostPanel",
    "Costs",
    "Curves",
    "LearningCurve",
    "Point",
    "Probe",
    "Rule",
    "Scorecard",
    "auc",
    "auc_between",
    "average_precision",
    "bias",
    "cost_panel",
    "curves",
    "learning_curve",
    "log_loss",
    "probes",
    "score_test",
    "scorecard",
    "verdict_of",
]
