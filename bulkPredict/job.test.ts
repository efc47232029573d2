import type { S3Event } from 'aws-lambda';
import { expect, it } from 'vitest';
import { bulkJobs } from './job.ts';

it('reads the objects of an event of S3, whose keys are written as in a form', () => {
  const record = (key: string) => ({ s3: { bucket: { name: 'b' }, object: { key, eTag: 'e' } } });
  const event = { Records: [record('incoming/all+flowers+%C3%A4.csv'), record('a%2Bb')] };
  expect(bulkJobs(event as unknown as S3Event)).toEqual([
    { bucket: 'b', key: 'incoming/all flowers ä.csv', etag: 'e' },
    { bucket: 'b', key: 'a+b', etag: 'e' },
  ]);
});

it('takes the object of a state machine as it is', () => {
  const job = { bucket: 'b', key: 'incoming/a+b.csv', etag: '"e"' };
  expect(bulkJobs(job)).toEqual([job]);
});
