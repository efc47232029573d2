/** What bulk prediction is asked to do: by S3, for objects that came in, or by a state machine. */
import type { S3Event } from 'aws-lambda';

/** One object to predict. */
export interface BulkJob {
  readonly bucket: string;
  readonly key: string;
  /** The version that is meant; without it, whatever is there. */
  readonly etag?: string | undefined;
}

/** What starts the function. */
export type BulkEvent = S3Event | BulkJob;

/** The objects that an event is about. */
export function bulkJobs(event: BulkEvent): BulkJob[] {
  if (!('Records' in event)) return [event];
  return event.Records.map(({ s3: { bucket, object } }) => ({
    bucket: bucket.name,
    // S3 writes keys as forms do.
    key: decodeURIComponent(object.key.replaceAll('+', ' ')),
    etag: object.eTag,
  }));
}
