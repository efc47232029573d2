/** `GET /`: whether the service is up, and which model it serves. */
import { chain } from '../lib/chain.ts';
import { config } from '../lib/config.ts';
import { ageSeconds } from '../lib/instance.ts';
import { model } from '../lib/model.ts';
import type { HealthAnswer } from '../lib/schemas.ts';
import { service } from '../lib/service.ts';

/** Whether this instance has answered before. */
let invoked = false;

export const handler = chain('health', () => {
  const answer: HealthAnswer = {
    status: 'ok',
    service: service.name,
    version: service.version,
    coldStart: config.onDemand && !invoked,
    uptimeSeconds: ageSeconds(),
    model: {
      name: model.name,
      version: model.version,
      sha256: model.sha256,
      trainedAt: model.trainedAt,
    },
  };
  invoked = true;
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
  };
});
