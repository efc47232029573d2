/** Reads which metrics a PromQL expression asks for, with Prometheus' own grammar. */
import { parser } from '@prometheus-io/lezer-promql';

/** Functions that make sense of counters only. */
const COUNTER_FUNCTIONS = new Set(['rate', 'irate', 'increase', 'resets']);

/** One selector of an expression. */
export interface SelectedMetric {
  readonly name: string;
  /** Whether it is the argument of a function that expects a counter. */
  readonly asCounter: boolean;
}

/**
 * Every metric that an expression selects by name.
 *
 * @throws Error when it is not PromQL
 */
export function selectedMetrics(expression: string): readonly SelectedMetric[] {
  const found: SelectedMetric[] = [];
  const calls: string[] = [];
  const text = ({ from, to }: { from: number; to: number }) => expression.slice(from, to);
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${expression}`);
      if (node.name === 'FunctionCall') calls.push('');
      if (node.name === 'FunctionIdentifier') calls[calls.length - 1] = text(node);
      if (node.name === 'Identifier') {
        found.push({ name: text(node), asCounter: COUNTER_FUNCTIONS.has(calls.at(-1) ?? '') });
      }
    },
    leave(node) {
      if (node.name === 'FunctionCall') calls.pop();
    },
  });
  return found;
}
