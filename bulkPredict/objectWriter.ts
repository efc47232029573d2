/** Writes an S3 object piece by piece; it appears whole, or not at all. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

/** Bytes of a part; S3 takes 10,000 parts, so an object may have 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;

/** Parts on their way at once. */
const PARALLEL_PARTS = 2;

/** Starts an object of NDJSON. Whoever calls it must end it, by `complete` or `abort`. */
export function objectWriter(client: S3Client, bucket: string, key: string) {
  const body = new PassThrough();
  const upload = new Upload({
    client,
    params: { Bucket: bucket, Key: key, Body: body, ContentType: 'application/x-ndjson' },
    partSize: PART_BYTES,
    queueSize: PARALLEL_PARTS,
  }).done();
  // A failure is told to whoever writes or completes; until then nobody listens.
  upload.catch(() => {});
  body.on('error', () => {});

  return {
    /** Takes a piece; resolves when there is room for the next. */
    async write(text: string): Promise<void> {
      // The upload ends its body when it fails; then nothing would ever drain.
      if (body.destroyed) await upload;
      if (!body.write(text)) await Promise.race([once(body, 'drain'), upload]);
    },
    /** Makes the object appear; gives its ETag. */
    async complete(): Promise<string> {
      body.end();
      const { ETag = '' } = await upload;
      return ETag;
    },
    /** Drops what was sent so far; does nothing once completed. */
    async abort(): Promise<void> {
      // An error in the body makes the upload remove its parts, and then reject.
      body.destroy(new Error('aborted'));
      await upload.catch(() => {});
    },
  };
}
