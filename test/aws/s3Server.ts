/** An S3-compatible server on loopback, with an account of the multipart uploads that it saw. */
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { buildApp } from 'fauxqs';

/** A request that a test may refuse. */
export interface S3Request {
  readonly method: string;
  readonly key: string;
  readonly partNumber?: string | undefined;
}

/** An S3-compatible server that runs. */
export type S3Server = Awaited<ReturnType<typeof startS3>>;

/** Starts it, with one empty bucket. */
export async function startS3() {
  const app = buildApp({ logger: false });
  const bucket = 'test-bucket';
  const open = new Set<string>();
  const counts = new Map<string, number>();
  let refused: (request: S3Request) => boolean = () => false;

  app.addHook('onRequest', async (request, reply) => {
    const url = new URL(request.url, 'http://localhost');
    const key = decodeURIComponent(url.pathname.slice(bucket.length + 2));
    counts.set(request.method, (counts.get(request.method) ?? 0) + 1);
    const partNumber = url.searchParams.get('partNumber') ?? undefined;
    if (refused({ method: request.method, key, partNumber })) {
      await reply.code(500).send('<Error><Code>InternalError</Code></Error>');
    }
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const { searchParams } = new URL(request.url, 'http://localhost');
    const uploadId = searchParams.get('uploadId');
    if (searchParams.has('uploads')) {
      const id = String(payload).match(/<UploadId>(.*)<\/UploadId>/)?.[1];
      if (id) open.add(id);
    }
    if (uploadId && request.method !== 'PUT' && reply.statusCode < 300) open.delete(uploadId);
    return payload;
  });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new S3Client({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));

  async function keys(): Promise<string[]> {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key = '' }) => Key).sort();
  }

  /** The bytes of an object. */
  async function stream(key: string): Promise<Readable> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body as Readable;
  }

  return {
    endpoint,
    client,
    bucket,
    /** Refuses, with status 500, the requests that `when` picks. */
    refuse(when: (request: S3Request) => boolean) {
      refused = when;
    },
    async put(key: string, body: string | Iterable<string>) {
      const pieces = typeof body === 'string' ? [Buffer.from(body)] : buffers(body);
      const params = { Bucket: bucket, Key: key, Body: Readable.from(pieces) };
      await new Upload({ client, params }).done();
    },
    stream,
    /** The text of an object; undefined when it is not there. */
    async get(key: string): Promise<string | undefined> {
      return (await keys()).includes(key) ? text(await stream(key)) : undefined;
    },
    keys,
    async remove(key: string) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    /** Multipart uploads that were begun, and neither completed nor aborted. */
    openUploads: () => open.size,
    /** Requests so far, by method. */
    requests: (method: string) => counts.get(method) ?? 0,
    async stop() {
      client.destroy();
      await app.close();
    },
  };
}

function* buffers(pieces: Iterable<string>): Generator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece);
}
