/** The profiles: what each sends, how fast, and what to look at meanwhile. */
import { model } from '../../lib/servedModel.ts';
import { atMost, evenly, later, merged, waves } from './arrivals.ts';
import { badRequests } from './badRequests.ts';
import { createRandom, type Random } from './random.ts';
import {
  type BatchForm,
  batchRequest,
  type Endpoint,
  type LoadRequest,
  labelRequest,
  objectIn,
  predictRequest,
} from './requests.ts';
import { createSampler, type Sampler } from './sampler.ts';

/** How hard and how long a profile plays. */
export interface Settings {
  /** Requests a second. */
  readonly rate: number;
  /** Connections, and so requests on their way, at most. */
  readonly concurrency: number;
  readonly seconds: number;
  /** Requests at most. */
  readonly count: number;
}

/** What a profile draws its requests from. */
export type Source = ReturnType<typeof createSource>;

/** Requests for the served model, the same for the same seed. */
export function createSource(endpoint: Omit<Endpoint, 'features'>, seed: number) {
  const random = createRandom(seed);
  return {
    endpoint: { ...endpoint, features: model.features },
    sampler: createSampler(model, random),
    random,
  };
}

/** A kind of traffic. */
export interface Profile {
  readonly summary: string;
  /** Used where no flag says otherwise. */
  readonly defaults: Omit<Settings, 'count'>;
  /** When requests are due; evenly where it is absent. */
  readonly arrivals?: (settings: Settings) => Iterable<number>;
  /** Makes requests, given how far the profile is, 0 to 1. */
  readonly requests: (source: Source) => (progress: number) => LoadRequest;
  /** Waits before each round until the server has ended its idle instances. */
  readonly afterIdle?: true;
}

/** Sizes of batches, in the order in which they are played. */
const BATCH_SIZES = [100, 1, 2500, 10, 250, 2, 1000, 25, 10_000, 5, 50] as const;

/** Waves of a burst, and rows of each request in it. */
const WAVES = 3;
const WAVE_ROWS = 1000;

/** Until when of `throttle` waves go over what batches may have; from then on it is faster than a key may be. */
const WAVES_UNTIL = 0.5;
/**
 * Rows of each request in those waves: on a fast machine smaller ones are answered before the next has
 * been read, and meet no limit; on a slow one larger ones keep all others waiting.
 */
const LIMIT_ROWS = 5000;

const oneRow =
  (draw: (sampler: Sampler, progress: number, random: Random) => readonly number[]) =>
  ({ endpoint, sampler, random }: Source) =>
  (progress: number) =>
    predictRequest(endpoint, draw(sampler, progress, random));

/** A batch of real rows. */
function batch({ endpoint, sampler }: Source, size: number, form: BatchForm): LoadRequest {
  return batchRequest(endpoint, Array.from({ length: size }, sampler.real), form);
}

/** Rows as real ones, and after each answer its label: the class that the row was drawn from. */
function labelledRows({ endpoint, sampler }: Source): () => LoadRequest {
  const labels: LoadRequest[] = [];
  return () => {
    const label = labels.shift();
    if (label !== undefined) return label;
    const drawn = sampler.labelled();
    return {
      ...predictRequest(endpoint, drawn.row),
      answered(body) {
        const { request_id } = objectIn(body);
        labels.push(labelRequest(endpoint, String(request_id), drawn.class));
      },
    };
  };
}

/** Plays a list over and over; made before the first is due, as a large batch takes long to draw. */
function inTurn(requests: readonly LoadRequest[]): () => LoadRequest {
  let turn = 0;
  return () => requests[turn++ % requests.length] as LoadRequest;
}

/** Every profile, by name. */
export const profiles = {
  steady: {
    summary: 'rows as real ones, drawn class by class: how it should be',
    // In the tour's seconds more rows than it takes to speak of drift, of which there is none.
    defaults: { rate: 24, concurrency: 10, seconds: 30 },
    requests: oneRow((sampler) => sampler.real()),
  },
  labels: {
    summary: 'rows as real ones, and after each answer its label: how often the model is right',
    defaults: { rate: 20, concurrency: 10, seconds: 30 },
    requests: labelledRows,
  },
  uniform: {
    summary: 'every feature evenly over its range: confidence falls, odd rows rise',
    defaults: { rate: 20, concurrency: 10, seconds: 30 },
    requests: oneRow((sampler) => sampler.uniform()),
  },
  burst: {
    summary: 'calm, with three growing waves of batches due at once: more than there are instances',
    defaults: { rate: 5, concurrency: 16, seconds: 15 },
    arrivals: ({ rate, concurrency, seconds }) =>
      merged(evenly(rate, seconds), waves(WAVES, concurrency, seconds)),
    // Batches, because one row is answered before the gateway has read the next request of a wave.
    requests: (source) => inTurn([batch(source, WAVE_ROWS, 'columns')]),
  },
  idle: {
    summary: 'a few requests at once after gaps so long that every one finds no instance',
    defaults: { rate: 1, concurrency: 3, seconds: 60 },
    arrivals: ({ concurrency }) => Array<number>(concurrency).fill(0),
    requests: oneRow((sampler) => sampler.real()),
    afterIdle: true,
  },
  outliers: {
    summary:
      'every other row far from the training data: slipped decimals, wrong units, impossible mixes',
    defaults: { rate: 20, concurrency: 10, seconds: 30 },
    requests: oneRow((sampler, _progress, random) =>
      random.uniform() < 0.5 ? sampler.odd() : sampler.real(),
    ),
  },
  bad: {
    summary: 'every way to be refused: 400, 403, 404, 405, 413, 415, 422',
    defaults: { rate: 20, concurrency: 10, seconds: 15 },
    requests: ({ endpoint, sampler }) => inTurn(badRequests(endpoint, sampler.real())),
  },
  throttle: {
    summary:
      'over the limits: waves of more batches than instances, then more rows than a key may send',
    // More at once than the batches' burst, and more a second than the key's rate, of the stage dev.
    defaults: { rate: 600, concurrency: 150, seconds: 10 },
    arrivals: ({ rate, concurrency, seconds }) =>
      merged(
        waves(WAVES, concurrency, seconds * WAVES_UNTIL),
        later(seconds * WAVES_UNTIL, evenly(rate, seconds * (1 - WAVES_UNTIL))),
      ),
    requests: (source) => {
      const wave: LoadRequest = { ...batch(source, LIMIT_ROWS, 'columns'), mayBeRefused: true };
      const row = oneRow((sampler) => sampler.real())(source);
      return (progress) =>
        progress < WAVES_UNTIL ? wave : { ...row(progress), mayBeRefused: true };
    },
  },
  drift: {
    summary: 'rows that move away from the training data, a little more with each second',
    defaults: { rate: 20, concurrency: 10, seconds: 60 },
    requests: oneRow((sampler, progress) => sampler.drifted(progress)),
  },
  batch: {
    summary: 'batches of 1 to 10,000 rows, in both forms',
    defaults: { rate: 4, concurrency: 4, seconds: 30 },
    requests: (source) =>
      inTurn(
        BATCH_SIZES.flatMap((size) => [
          batch(source, size, 'instances'),
          batch(source, size, 'columns'),
        ]),
      ),
  },
} as const satisfies Readonly<Record<string, Profile>>;

/** Name of a profile. */
export type ProfileName = keyof typeof profiles;

/** The profiles as their common type, in the order of the table. */
export const profileNames = Object.keys(profiles) as ProfileName[];

/** One part of a run. */
export interface Part {
  readonly profile: ProfileName;
  readonly settings: Settings;
}

/** The tour, in seconds by profile: what is usual, then what goes wrong, and back; about two minutes. */
export const tour: readonly (readonly [ProfileName, number])[] = [
  ['steady', 13],
  ['labels', 5],
  ['burst', 12],
  ['uniform', 10],
  ['bad', 12],
  ['outliers', 10],
  ['drift', 24],
  ['batch', 8],
  ['idle', 30],
  // Last, as it is most of all requests, in which others would not be seen.
  ['throttle', 5],
];

/** When the requests of a part are due, and no more than its count. */
export function arrivalsOf({ profile, settings }: Part): Iterable<number> {
  const { arrivals }: Profile = profiles[profile];
  const due = arrivals?.(settings) ?? evenly(settings.rate, settings.seconds);
  return atMost(settings.count, due);
}
