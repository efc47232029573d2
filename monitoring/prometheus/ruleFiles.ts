/** The rule files that are committed for Prometheus to load. */
import { burnProfiles } from '../objectives.ts';
import { alertGroups } from './alertRules.ts';
import { objectiveGroups } from './objectiveRules.ts';
import { recordingGroups } from './recordingRules.ts';
import { renderRuleFile } from './ruleFile.ts';

/** Each rule file, by its path from the root of the repository. */
export const ruleFiles = [
  {
    path: 'monitoring/prometheus/rules/recordings.yml',
    render: () =>
      renderRuleFile('What alerts and dashboards ask for again and again.', recordingGroups()),
  },
  {
    path: 'monitoring/prometheus/rules/alerts.yml',
    render: () => renderRuleFile('Alerts, but for the error budgets.', alertGroups()),
  },
  ...Object.values(burnProfiles).map((profile) => ({
    path: `monitoring/prometheus/rules/objectives-${profile.name}.yml`,
    render: () =>
      renderRuleFile(
        `Error budgets, ${profile.name} profile; prometheus.yml loads one of the two.`,
        objectiveGroups(profile),
      ),
  })),
] as const;
