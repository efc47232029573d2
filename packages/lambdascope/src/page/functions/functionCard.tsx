/** A function: its configuration, limits, cold starts, cost and instances. */
import type { FunctionView } from '../../emulator/live/functionView.ts';
import { formatClock, formatCount, formatNoun, formatSeconds } from '../format.ts';
import { hashOf } from '../route.ts';
import { CostTable } from './costTable.tsx';
import { Lanes } from './lanes.tsx';

interface Props {
  readonly shown: FunctionView;
  /** Unix time in seconds: the span of its lanes. */
  readonly from: number;
  readonly to: number;
}

export function FunctionCard({ shown, from, to }: Props) {
  const { key, limits, coldStarts, cost } = shown;
  return (
    <article class="panel function" aria-label={key}>
      <header class="panel-heading">
        <h3 class="function-name">{key}</h3>
        <span class="panel-note">{formatNoun(shown.invocations, 'invocation')}</span>
      </header>
      <div class="function-parts">
        <section>
          <h4>Configuration</h4>
          <dl class="pairs">
            {configurationOf(shown).map(([title, value]) => (
              <div key={title}>
                <dt>{title}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section>
          <h4>Limits</h4>
          {limits.length === 0 ? (
            <p class="little">None of its routes’ own.</p>
          ) : (
            <ul class="plain">
              {limits.map((limit) => (
                <li key={limit}>{limit}</li>
              ))}
            </ul>
          )}
          <h4>Last cold starts</h4>
          {coldStarts.length === 0 ? (
            <p class="little">None.</p>
          ) : (
            <ul class="plain">
              {coldStarts.map(({ id, time, seconds, initSeconds }) => (
                <li key={id}>
                  <a href={hashOf({ view: 'request', id })}>{formatClock(time)}</a>{' '}
                  {formatSeconds(seconds)}, of it init {formatSeconds(initSeconds)}
                </li>
              ))}
            </ul>
          )}
        </section>
        <CostTable cost={cost} />
      </div>
      <Lanes shown={shown} from={from} to={to} />
    </article>
  );
}

function configurationOf(shown: FunctionView): readonly (readonly [string, string])[] {
  const { reserved, provisioned, triggers } = shown;
  return [
    ['Name', shown.name],
    ['Handler', shown.handler],
    ['Runtime', `${shown.runtime}, ${shown.architecture}`],
    ['Memory', `${formatCount(shown.memorySizeMegabytes)} MB`],
    ['Time limit', formatSeconds(shown.timeoutSeconds)],
    ['Concurrency', reserved === undefined ? 'the account’s' : `${formatCount(reserved)} reserved`],
    ...(provisioned === undefined ? [] : [['Provisioned', formatCount(provisioned)] as const]),
    ['Triggers', triggers.length === 0 ? 'none' : triggers.join(', ')],
  ];
}
