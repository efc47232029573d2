"""Holds documents in Embedded Metric Format against AWS's own library for it.

A document passes when the library, told the same by its logger with all its checks, writes the same. Reads
one a line, and says of each that does not pass why.

    python validateEmf.py < documents
"""

import json
import sys
from datetime import datetime, timezone

from aws_embedded_metrics.logger.metrics_context import MetricsContext
from aws_embedded_metrics.serializers.log_serializer import LogSerializer
from aws_embedded_metrics.storage_resolution import StorageResolution
from aws_embedded_metrics.validator import validate_namespace


def by_the_library(document, directive):
    """The documents that the library writes of what one directive says."""
    validate_namespace(directive["Namespace"])
    context = MetricsContext(namespace=directive["Namespace"])
    seconds = document["_aws"]["Timestamp"] / 1000
    context.set_timestamp(datetime.fromtimestamp(seconds, timezone.utc))
    context.set_dimensions(
        [{name: document[name] for name in names} for names in directive["Dimensions"]]
    )
    for metric in directive["Metrics"]:
        values = document[metric["Name"]]
        resolution = StorageResolution(metric.get("StorageResolution", 60))
        for value in values if isinstance(values, list) else [values]:
            context.put_metric(metric["Name"], value, metric.get("Unit"), resolution)
    return [json.loads(text) for text in LogSerializer.serialize(context)]


def check(document):
    for directive in document["_aws"]["CloudWatchMetrics"]:
        written = by_the_library(document, directive)
        if len(written) > 1:
            raise ValueError(f"the library would write {len(written)} documents")
        [same] = written
        # The library names the unit of what has none; the format need not.
        for metric in same["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
            if metric["Unit"] == "None":
                del metric["Unit"]
        expected = {
            **{name: document[name] for name in same},
            "_aws": {**document["_aws"], "CloudWatchMetrics": [directive]},
        }
        if same != expected:
            raise ValueError(f"the library would write {json.dumps(same)}")


for number, line in enumerate(sys.stdin, 1):
    try:
        check(json.loads(line))
    except Exception as error:
        print(f"{number}: {type(error).__name__}: {error}")
