/** The rule files that Prometheus loads: one of the two of the objectives. */
import { alertGroups } from '../builtInAlerts.ts';
import type { GeneratedFile } from '../generatedFile.ts';
import { burnProfiles } from '../objectives.ts';
import { recordingGroups } from '../recordings.ts';
import type { ServiceDescription } from '../service.ts';
import { objectiveGroups } from './objectiveRules.ts';
import { alertRule, type RuleGroup, renderRuleFile } from './ruleFile.ts';

/** Every alert as a rule, but for the burn rates of the objectives. */
export function alertRuleGroups(service: ServiceDescription): readonly RuleGroup[] {
  return alertGroups(service).map(({ name, alerts }) => ({
    name,
    rules: alerts.map((alert) => alertRule(service, alert)),
  }));
}

/**
 * The rule files of a service.
 *
 * @param command what writes them
 */
export function ruleFiles(service: ServiceDescription, command: string): GeneratedFile[] {
  const file = (name: string, comment: string, groups: readonly RuleGroup[]) => ({
    path: `prometheus/rules/${name}.yml`,
    content: renderRuleFile(command, comment, groups),
  });
  return [
    file(
      'recordings',
      'What alerts and dashboards ask for again and again.',
      recordingGroups(service),
    ),
    file('alerts', 'Alerts, but for the error budgets.', alertRuleGroups(service)),
    ...Object.values(burnProfiles).map((profile) =>
      file(
        `objectives-${profile.name}`,
        `Error budgets, ${profile.name} profile; prometheus.yml loads one of the two.`,
        objectiveGroups(service, profile),
      ),
    ),
  ];
}
