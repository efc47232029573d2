"""Evidently's and NannyML's figures of given rows: JSON from stdin, JSON to stdout.

Each part of the input is {"training": ..., "seen": ...}, and may be absent:
  values      by feature; the bucket of each row
  classes     predicted class of each row
  beingRight  {"probabilities": [...]}, in training with "right": [true, ...]
  accuracy    {"shares": [[...], ...], "predictions": [...]}, in training with "classes": [...]
"""

import json
import os
import sys
import warnings

# Both would tell their makers that they ran.
os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
os.environ["DO_NOT_TRACK"] = "1"
warnings.filterwarnings("ignore")

import nannyml  # noqa: E402
import pandas  # noqa: E402
from evidently.legacy.calculations.stattests import jensenshannon_stat_test, psi_stat_test  # noqa: E402
from evidently.legacy.core import ColumnType  # noqa: E402
from nannyml.calibration import NoopCalibrator  # noqa: E402
from nannyml.drift.univariate.methods import CategoricalJensenShannonDistance  # noqa: E402
from nannyml.chunk import CountBasedChunker  # noqa: E402
from nannyml.thresholds import ConstantThreshold  # noqa: E402


def evidently(statistic, rows):
    """A statistic of Evidently's, of categories."""
    training, seen = (pandas.Series(rows[part]) for part in ("training", "seen"))
    return float(statistic(training, seen, ColumnType.Categorical, None).drift_score)


def nannyml_distance(rows):
    """NannyML's Jensen-Shannon distance, of categories."""
    method = CategoricalJensenShannonDistance(
        chunker=CountBasedChunker(chunk_number=1), threshold=ConstantThreshold(lower=None, upper=0.1)
    )
    method.fit(pandas.Series(rows["training"], name="class"))
    return float(method.calculate(pandas.Series(rows["seen"], name="class")))


def estimate(estimator, training, seen):
    """Estimated accuracy and its band's half width, in one chunk."""
    estimator.fit(training)
    results = estimator.estimate(seen).filter(period="analysis").to_df()["accuracy"].iloc[0]
    return {
        "accuracy": float(results["value"]),
        "band": float(3 * results["sampling_error"]),
    }


def of_being_right(training, seen):
    """CBPE of the one question whether a prediction is right, with probabilities taken as calibrated."""

    def frame(rows):
        return pandas.DataFrame({"probability": rows["probabilities"], "said": 1})

    estimator = nannyml.CBPE(
        metrics=["accuracy"],
        problem_type="classification_binary",
        y_pred_proba="probability",
        y_pred="said",
        y_true="true",
        chunk_number=1,
        calibrator=NoopCalibrator(),
    )
    right = [int(one) for one in training["right"]]
    return estimate(estimator, frame(training).assign(true=right), frame(seen))


def of_classes(training, seen):
    """CBPE as it comes: vote shares of all classes, calibrated by NannyML."""
    names = sorted(set(training["classes"]))

    def frame(rows):
        shares = pandas.DataFrame(rows["shares"], columns=names)
        return shares.assign(prediction=rows["predictions"])

    estimator = nannyml.CBPE(
        metrics=["accuracy"],
        problem_type="classification_multiclass",
        y_pred_proba={name: name for name in names},
        y_pred="prediction",
        y_true="true",
        chunk_number=1,
    )
    return estimate(estimator, frame(training).assign(true=training["classes"]), frame(seen))


given = json.load(sys.stdin)
answer = {}
if "values" in given:
    answer["values"] = {
        feature: evidently(psi_stat_test, rows) for feature, rows in given["values"].items()
    }
if "classes" in given:
    answer["classes"] = {
        "nannyml": nannyml_distance(given["classes"]),
        "evidently": evidently(jensenshannon_stat_test, given["classes"]),
    }
if "beingRight" in given:
    answer["beingRight"] = of_being_right(**given["beingRight"])
if "accuracy" in given:
    answer["accuracy"] = of_classes(**given["accuracy"])
json.dump(answer, sys.stdout)
