"""Times scikit-learn's `predict_proba`.

The first argument names the model's file. Each line of the standard input is a number of rows and a
number of seconds to spend; each line of the output the seconds that one call took.
"""

import sys
from time import perf_counter

import joblib
from sklearn.datasets import load_iris

model = joblib.load(sys.argv[1])
flowers = load_iris().data

for line in sys.stdin:
    rows, budget = (float(word) for word in line.split())
    batch = flowers.repeat(-(-int(rows) // len(flowers)), axis=0)[: int(rows)]
    calls = 0
    start = perf_counter()
    while perf_counter() - start < budget:
        model.predict_proba(batch)
        calls += 1
    print((perf_counter() - start) / calls, flush=True)
