/** What a problem+json says, in words. */
import type { Problem } from './bodyText.ts';

export function ProblemText({ title, status, detail, errors }: Problem) {
  return (
    <div class="problem">
      <p class="problem-title">
        {title ?? 'Problem'}
        {status !== undefined && <span class="problem-status"> {status}</span>}
      </p>
      {detail !== undefined && <p>{detail}</p>}
      {errors.length > 0 && (
        <ul>
          {errors.map(({ pointer, detail }, index) => (
            <li key={index}>
              {pointer !== undefined && <code>{pointer === '' ? 'the whole' : pointer}</code>}{' '}
              {detail}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
