"""Prints the shares of the classes for each of some rows, as JSON.

The first argument names the model's file, the second holds the rows as JSON.
"""

import json
import sys

import joblib

model = joblib.load(sys.argv[1])
print(json.dumps(model.predict_proba(json.loads(sys.argv[2])).tolist()))
