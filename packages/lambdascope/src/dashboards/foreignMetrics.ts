/** What other programs expose, and what they are told: dashboards show it beyond the kit's own metrics. */

/** Grouping key of everything that the kit's plugin pushes. */
export const PUSH_JOB = 'lambdascope';

/** Names of metrics that are charted. */
export const foreignMetrics = {
  /** Prometheus: one series per pending or firing alert. */
  alerts: 'ALERTS',
  /** Prometheus: 1 for each target that answered the last scrape. */
  up: 'up',
  /** Pushgateway: Unix time of the last push, by group. */
  pushTime: 'push_time_seconds',
  /** prom-client: 1, with Node's version; only the emulator has it. */
  nodeVersion: 'nodejs_version_info',
  processCpu: 'process_cpu_seconds_total',
  processMemory: 'process_resident_memory_bytes',
  eventLoopLag: 'nodejs_eventloop_lag_p99_seconds',
  emulatorHeap: 'nodejs_heap_size_used_bytes',
  /** cAdvisor. */
  containerCpu: 'container_cpu_usage_seconds_total',
  containerCpuQuota: 'container_spec_cpu_quota',
  containerCpuPeriod: 'container_spec_cpu_period',
  machineProcessors: 'machine_cpu_cores',
  containerMemory: 'container_memory_working_set_bytes',
  containerMemoryLimit: 'container_spec_memory_limit_bytes',
} as const;
