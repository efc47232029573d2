/** Predicts whole objects of S3: on `ObjectCreated` events, or one by one for a state machine. */
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { model } from '../lib/servedModel.ts';
import { type BulkEvent, bulkJobs } from './job.ts';
import { type Manifest, type NothingMade, predictObject } from './predictObject.ts';

/** Time kept back from the time limit to undo what was begun, in milliseconds. */
const ABORT_MARGIN = 10_000;

const client = new S3Client();

export async function handler(
  event: BulkEvent,
  context: Context,
): Promise<(Manifest | NothingMade)[]> {
  const signal = AbortSignal.timeout(context.getRemainingTimeInMillis() - ABORT_MARGIN);
  const results: (Manifest | NothingMade)[] = [];
  for (const job of bulkJobs(event)) {
    const result = await predictObject(client, job, model, signal);
    console.info(result);
    results.push(result);
  }
  return results;
}
