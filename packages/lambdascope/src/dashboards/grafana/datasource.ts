/** The one Prometheus that dashboards and alert rules ask. */
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** As provisioned in `provisioning/datasources/prometheus.yaml`; the uid never changes. */
export const datasource: DataSourceRef = { type: 'prometheus', uid: 'lambdascope-prometheus' };
