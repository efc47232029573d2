/** The big numbers: what holds now, and under it what held over all that is kept. */
import { usePage } from '../state.ts';
import { BUILT_IN_TILES, tileOf } from './tileTexts.ts';

export function Tiles() {
  const live = usePage((state) => state.live);
  const metrics = usePage(({ service }) => service?.metrics);
  const tiles = [...BUILT_IN_TILES, ...(metrics ?? []).flatMap(tileOf)];
  const now = live?.frames.at(-1)?.signals ?? live?.lately;
  return (
    <dl class="tiles" id="tiles" aria-label="Current values" style={{ '--tiles': tiles.length }}>
      {tiles.map(({ label, value, context }) => {
        const [number, unit = ''] = live && now ? value(now, live.lately).split(' ') : [];
        return (
          <div class="tile" key={label}>
            <dt class="tile-label">{label}</dt>
            <dd class="tile-value">
              {number} <span class="tile-unit">{unit}</span>
            </dd>
            <dd class="tile-context">{live && now && context(live.lately, now)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
