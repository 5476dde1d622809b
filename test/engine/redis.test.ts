// What a Redis needs on this side.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { optional } from '#src/engine/redis';

describe('a package that not everybody has', () => {
  it('is asked for by name where it is missing', async () => {
    const missing = async (): Promise<unknown> => await import(['no', 'such', 'package'].join('-'));

    await assert.rejects(optional('bullmq', missing), {
      code: 'ENGINE_PACKAGES_MISSING',
      message: /bullmq/,
      fix: 'npm install bullmq ioredis',
    });
  });

  it('may fail of something else, which is told as it is', async () => {
    const broken = async (): Promise<unknown> => await Promise.reject(new TypeError('broken'));

    await assert.rejects(optional('bullmq', broken), TypeError);
  });
});
