"""The BentoML service for the same model, in its best form.

Rows come as an array and the shares of their classes go as one, a worker a core, without an access
log. With PEER_BATCHING=on requests that come together share a `predict_proba` call.
"""

import os
from typing import Annotated

import bentoml
import joblib
import numpy as np
from bentoml.validators import DType, Shape


@bentoml.service(workers="cpu_count", logging={"access": {"enabled": False}})
class Forest:
    def __init__(self):
        self.model = joblib.load(os.environ["PEER_MODEL"])

    # A batch is at most as large as the largest request: a larger one would be split.
    @bentoml.api(batchable=os.environ["PEER_BATCHING"] == "on", max_batch_size=10_000)
    def predict(
        self, rows: Annotated[np.ndarray, DType("float64"), Shape((-1, 4))]
    ) -> np.ndarray:
        return self.model.predict_proba(rows)
