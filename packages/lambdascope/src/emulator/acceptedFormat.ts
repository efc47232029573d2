/** Which of several formats an Accept header likes best. */

/** Something that can be sent. */
interface Format {
  /** Its media type, with parameters. */
  readonly contentType: string;
}

interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The format that a client likes best, by the rules of RFC 9110; the first of them where it likes several as
 * much, or none.
 */
export function acceptedFormat<One extends Format>(
  accept: string | undefined,
  formats: readonly [One, ...One[]],
): One {
  const ranges = (accept ?? '*/*').split(',').map(mediaType);
  const [first, ...others] = formats;
  return others.reduce(
    (best, format) => (weightOf(format, ranges) > weightOf(best, ranges) ? format : best),
    first,
  );
}

/** How much a format is liked, 0 to 1: what the range says that is nearest to it. */
function weightOf({ contentType }: Format, ranges: readonly MediaType[]): number {
  const offered = mediaType(contentType);
  const [nearest] = ranges
    .filter((range) => isIn(offered, range))
    .toSorted((a, b) => nearness(b) - nearness(a));
  return nearest === undefined ? 0 : Number(nearest.parameters.get('q') ?? 1);
}

function isIn(offered: MediaType, { type, parameters }: MediaType): boolean {
  const [group] = offered.type.split('/');
  const version = parameters.get('version');
  if (version !== undefined && version !== offered.parameters.get('version')) return false;
  return [offered.type, `${group}/*`, '*/*'].includes(type);
}

function nearness({ type, parameters }: MediaType): number {
  if (type === '*/*') return 0;
  if (type.endsWith('/*')) return 1;
  return parameters.has('version') ? 3 : 2;
}

function mediaType(text: string): MediaType {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  return {
    type,
    parameters: new Map(
      parameters.map((parameter) => {
        const [name = '', value = ''] = parameter.split('=');
        return [name.trim(), value.trim()];
      }),
    ),
  };
}
