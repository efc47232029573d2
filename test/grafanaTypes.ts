/** What Grafana takes: its SDK's types of dashboards, and the documented shape of provisioning files. */
import type { Query, Rule } from '@grafana/grafana-foundation-sdk/alerting';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { TypeThreshold } from '@grafana/grafana-foundation-sdk/expr';
import type * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** Every type, by the name of its schema. */
export interface GrafanaTypes {
  readonly dashboard: Dashboard;
  /** The parts of a panel that the dashboard's type leaves open, by the panel's `type`. */
  readonly stat: { readonly options: stat.Options };
  readonly heatmap: { readonly options: heatmap.Options; readonly custom?: heatmap.FieldConfig };
  readonly table: { readonly options: table.Options; readonly custom?: Partial<table.FieldConfig> };
  readonly timeseries: {
    readonly options: timeseries.Options;
    readonly custom: timeseries.FieldConfig;
  };
  readonly prometheusQuery: Dataquery;
  readonly thresholdExpression: TypeThreshold;
  readonly datasourceFile: DatasourceFile;
  readonly dashboardFile: DashboardFile;
  readonly ruleFile: RuleFile;
  readonly contactPointFile: ContactPointFile;
  readonly policyFile: PolicyFile;
}

/** https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources */
interface DatasourceFile {
  readonly apiVersion: 1;
  readonly prune?: boolean;
  readonly datasources: readonly {
    readonly name: string;
    readonly type: string;
    readonly uid: string;
    readonly access: 'proxy' | 'direct';
    readonly orgId?: number;
    readonly url: string;
    readonly isDefault?: boolean;
    readonly editable?: boolean;
    readonly version?: number;
    /** https://grafana.com/docs/grafana/latest/datasources/prometheus/configure/#provision-the-data-source */
    readonly jsonData?: {
      readonly httpMethod?: 'GET' | 'POST';
      readonly timeInterval?: string;
      readonly manageAlerts?: boolean;
    };
  }[];
}

/** https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards */
interface DashboardFile {
  readonly apiVersion: 1;
  readonly providers: readonly {
    readonly name: string;
    readonly orgId?: number;
    readonly folder?: string;
    readonly folderUid?: string;
    readonly type: 'file';
    readonly disableDeletion?: boolean;
    readonly updateIntervalSeconds?: number;
    readonly allowUiUpdates?: boolean;
    readonly options: {
      readonly path: string;
      readonly foldersFromFilesStructure?: boolean;
    };
  }[];
}

/**
 * https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
 * and the struct that reads it, AlertRuleV1 in Grafana's pkg/services/provisioning/alerting.
 */
interface RuleFile {
  readonly apiVersion: 1;
  readonly groups: readonly {
    readonly orgId?: number;
    readonly name: string;
    readonly folder: string;
    readonly interval: string;
    readonly rules: readonly (Pick<Rule, 'title' | 'condition' | 'for'> &
      Required<Pick<Rule, 'uid' | 'labels' | 'annotations'>> &
      Pick<Rule, 'noDataState' | 'execErrState' | 'isPaused'> & {
        readonly dashboardUid?: string;
        readonly panelId?: number;
        readonly data: readonly (Required<
          Pick<Query, 'refId' | 'datasourceUid' | 'relativeTimeRange'>
        > & { readonly model: Readonly<Record<string, unknown>> })[];
      })[];
  }[];
}

interface ContactPointFile {
  readonly apiVersion: 1;
  readonly contactPoints: readonly {
    readonly orgId?: number;
    readonly name: string;
    readonly receivers: readonly {
      readonly uid: string;
      readonly type: 'webhook';
      readonly settings: { readonly url: string; readonly httpMethod?: 'POST' | 'PUT' };
      readonly disableResolveMessage?: boolean;
    }[];
  }[];
}

interface PolicyFile {
  readonly apiVersion: 1;
  readonly policies: readonly {
    readonly orgId?: number;
    readonly receiver: string;
    readonly group_by?: readonly string[];
    readonly group_wait?: string;
    readonly group_interval?: string;
    readonly repeat_interval?: string;
  }[];
}
