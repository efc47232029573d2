import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ASKS, type Ask, type Taken } from 'lambdascope/function/asks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { model } from './servedModel.ts';

vi.hoisted(() => {
  process.env['LAMBDASCOPE_SINK'] = 'local';
});
const { takePrediction } = await import('./rememberedPredictions.ts');

/** What stands in for the emulator, which a function asks on this channel. */
let emulator: ((ask: unknown) => void) | undefined;

function emulatorAnswers(taken: Taken): void {
  emulator = (ask) => (ask as Ask).answer(taken);
  subscribe(ASKS, emulator);
}

afterEach(() => {
  if (emulator) unsubscribe(ASKS, emulator);
  emulator = undefined;
});

describe('the prediction of a label', () => {
  const label = { request_id: 'one', class: 'setosa' };
  const two = { ...model, classes: ['no', 'yes'] };
  const many = { ...model, classes: Array.from({ length: 200 }, (_, index) => `class ${index}`) };

  it.each([
    [two, 1, 'yes'],
    [many, 199, 'class 199'],
  ])('is a class of the model', async (served, value, name) => {
    emulatorAnswers({ kind: 'taken', value, note: served.version });
    expect(await takePrediction(label, served)).toBe(name);
  });

  it('is gone when another model is served by now, whose classes may be others', async () => {
    emulatorAnswers({ kind: 'taken', value: 0, note: 'another' });
    await expect(takePrediction(label, model)).rejects.toMatchObject({
      code: 'prediction_forgotten',
      status: 410,
      message: expect.stringContaining('another'),
    });
  });

  it('is not known where nobody answers', async () => {
    expect(await takePrediction(label, model)).toBeUndefined();
  });
});
