/** `GET /`: whether the service is up, and which model it serves. */
import { ageSeconds, isColdStart } from 'lambdascope/instance';
import { chain } from '../lib/chain.ts';
import type { HealthAnswer } from '../lib/schemas.ts';
import { model } from '../lib/servedModel.ts';
import { service } from '../lib/service.ts';

export const handler = chain('health', () => {
  const answer: HealthAnswer = {
    status: 'ok',
    service: service.name,
    version: service.version,
    coldStart: isColdStart(),
    uptimeSeconds: ageSeconds(),
    model: {
      name: model.name,
      version: model.version,
      sha256: model.sha256,
      trainedAt: model.trainedAt,
    },
  };
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
  };
});
