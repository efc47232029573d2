/** Predicts every row of an S3 object and writes what became of them beside it, all or nothing. */
import {
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { Model } from '../lib/model.ts';
import type { BulkJob } from './job.ts';
import { type Format, inputFormat, outputKeys } from './keys.ts';
import { objectWriter } from './objectWriter.ts';
import { predictRows, type RowCounts } from './predictRows.ts';
import { UnreadableObject } from './records.ts';

/** An object that was written. */
interface Written {
  readonly key: string;
  readonly etag: string;
}

/** What was made of an object; also the manifest that is written. No times: a retry writes the same bytes. */
export interface Manifest {
  readonly status: 'complete';
  readonly source: { readonly bucket: string; readonly key: string; readonly etag: string };
  readonly model_version: string;
  readonly counts: RowCounts;
  readonly outputs: { readonly predictions: Written; readonly rejected: Written };
}

/** Why nothing was made: no input of ours, replaced or removed since, or not readable at all. */
export interface NothingMade {
  readonly status: 'ignored' | 'superseded' | 'unreadable';
  readonly source: { readonly bucket: string; readonly key: string; readonly etag?: string };
  readonly reason: string;
}

/**
 * Writes predictions, bad rows, and last the manifest. Asked again for the same object and model,
 * it gives the manifest that is there. An unreadable object gets a manifest that says why.
 *
 * @throws whatever S3 or `signal` throws; then nothing is left of what was begun
 */
export async function predictObject(
  client: S3Client,
  job: BulkJob,
  model: Model,
  signal: AbortSignal,
): Promise<Manifest | NothingMade> {
  const { bucket, key } = job;
  const format = inputFormat(key);
  if (!format) return { status: 'ignored', source: { bucket, key }, reason: 'no input by its key' };

  const object = await getObject(client, job, signal);
  if (!object) {
    return { status: 'superseded', source: { bucket, key }, reason: 'replaced or removed since' };
  }
  const source = { bucket, key, etag: object.etag };
  const manifestKey = outputKeys(key).manifest;
  try {
    const earlier = await getManifest(client, bucket, manifestKey, signal);
    if (earlier?.source.etag === source.etag && earlier.model_version === model.version) {
      return earlier;
    }
    const made = await writeOutputs(client, bucket, key, object.body, format, model, signal);
    const manifest: Manifest = {
      status: 'complete',
      source,
      model_version: model.version,
      ...made,
    };
    await putManifest(client, bucket, manifestKey, manifest);
    return manifest;
  } catch (error) {
    // What broke off with the signal may say so in its own words.
    signal.throwIfAborted();
    if (!(error instanceof UnreadableObject)) throw error;
    const nothing = { status: 'unreadable', source, reason: error.message } as const;
    await putManifest(client, bucket, manifestKey, nothing);
    return nothing;
  } finally {
    object.body.destroy();
  }
}

async function writeOutputs(
  client: S3Client,
  bucket: string,
  key: string,
  body: AsyncIterable<Uint8Array>,
  format: Format,
  model: Model,
  signal: AbortSignal,
): Promise<Pick<Manifest, 'counts' | 'outputs'>> {
  const keys = outputKeys(key);
  const predictions = objectWriter(client, bucket, keys.predictions);
  const rejected = objectWriter(client, bucket, keys.rejected);
  try {
    const sink = { predictions: predictions.write, rejected: rejected.write };
    const counts = await predictRows(body, format, model, sink, signal);
    return {
      counts,
      outputs: {
        predictions: { key: keys.predictions, etag: await predictions.complete() },
        rejected: { key: keys.rejected, etag: await rejected.complete() },
      },
    };
  } finally {
    await Promise.all([predictions.abort(), rejected.abort()]);
  }
}

/** The object that a job means, its body unread; undefined when it is gone or another. */
async function getObject(client: S3Client, { bucket, key, etag }: BulkJob, signal: AbortSignal) {
  const input = { Bucket: bucket, Key: key, ...(etag ? { IfMatch: etag } : {}) };
  try {
    const { Body, ETag = '' } = await client.send(new GetObjectCommand(input), {
      abortSignal: signal,
    });
    return Body && { etag: ETag, body: Body as AsyncIterable<Uint8Array> & { destroy(): void } };
  } catch (error) {
    if (hasStatus(error, 404) || hasStatus(error, 412)) return undefined;
    throw error;
  }
}

async function getManifest(
  client: S3Client,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
      abortSignal: signal,
    });
    const manifest = JSON.parse((await Body?.transformToString()) ?? '') as Manifest | NothingMade;
    return manifest.status === 'complete' ? manifest : undefined;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

async function putManifest(
  client: S3Client,
  bucket: string,
  key: string,
  manifest: Manifest | NothingMade,
): Promise<void> {
  await client.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: `${JSON.stringify(manifest, null, 2)}\n`,
      ContentType: 'application/json',
    }),
  );
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}
