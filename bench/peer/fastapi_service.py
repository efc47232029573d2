"""The FastAPI service for the same model, in its best form.

The handlers are `async def` (thread-pool handlers lose throughput), each request makes one
`predict_proba` call, and orjson writes answers without FastAPI's own encoder. uvicorn runs a worker a
core without an access log, on uvloop and httptools. The model is trained beforehand, as ours is.
"""

import os
from time import perf_counter

import joblib
import numpy as np
import orjson
from fastapi import FastAPI
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Histogram, make_asgi_app
from prometheus_client.multiprocess import MultiProcessCollector
from pydantic import BaseModel

MODEL = joblib.load(os.environ["PEER_MODEL"])
CLASSES = ["setosa", "versicolor", "virginica"]

REQUESTS = Counter("api_requests_total", "Requests.", ["path"])
LATENCY = Histogram("api_request_latency_seconds", "Latency of requests.", ["path"])

# Of all workers, by files in PROMETHEUS_MULTIPROC_DIR.
REGISTRY = CollectorRegistry()
MultiProcessCollector(REGISTRY)

app = FastAPI()
app.mount("/metrics", make_asgi_app(registry=REGISTRY))


class Flower(BaseModel):
    sepal_length: float
    sepal_width: float
    petal_length: float
    petal_width: float


class Objects(BaseModel):
    instances: list[Flower]


class Lists(BaseModel):
    data: list[list[float]]


@app.post("/predict")
async def predict(flower: Flower):
    start = perf_counter()
    answer = predictions([row_of(flower)])[0]
    observe("/predict", start)
    return json_response(answer)


@app.post("/predict/objects")
async def predict_objects(batch: Objects):
    start = perf_counter()
    answer = predictions([row_of(flower) for flower in batch.instances])
    observe("/predict/objects", start)
    return json_response({"predictions": answer, "count": len(answer)})


@app.post("/predict/lists")
async def predict_lists(batch: Lists):
    start = perf_counter()
    answer = predictions(batch.data)
    observe("/predict/lists", start)
    return json_response({"predictions": answer, "count": len(answer)})


def row_of(flower):
    return [
        flower.sepal_length,
        flower.sepal_width,
        flower.petal_length,
        flower.petal_width,
    ]


def predictions(rows):
    shares = MODEL.predict_proba(np.array(rows))
    winners = shares.argmax(axis=1).tolist()
    return [
        {
            "prediction": CLASSES[winner],
            "probabilities": dict(zip(CLASSES, row)),
            "confidence": row[winner],
        }
        for winner, row in zip(winners, shares.tolist())
    ]


def json_response(content):
    return Response(orjson.dumps(content), media_type="application/json")


def observe(path, start):
    REQUESTS.labels(path).inc()
    LATENCY.labels(path).observe(perf_counter() - start)
