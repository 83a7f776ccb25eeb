import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, PORTRAIT, STYLE, ValidationError, admin, client, input, rejectsWith } from './emulator.js';

const fal = client();

const WAITING = { stall: 'in_queue' };
const RUNNING = { stall: 'in_progress', queue_seconds: 0 };
const ENDED = { stall: 'never', queue_seconds: 0, run_seconds: 0 };

/** Moves a request on only when the client has seen where it is, so that no machine is too slow for these tests. */
async function moveOn(requestId, scenario) {
  await admin('PUT', `requests/${requestId}`, scenario);
}

test('submit, status, result', async () => {
  const submitted = await fal.queue.submit(PORTRAIT, { input: input(1, 1, { ...WAITING, queue_length: 3 }) });
  const requestId = submitted.request_id;
  assert.equal(submitted.status, 'IN_QUEUE');
  assert.equal(submitted.queue_position, 3);
  assert.equal(submitted.status_url, `${BASE}/${PORTRAIT}/requests/${requestId}/status`);
  const waiting = await fal.queue.status(PORTRAIT, { requestId });
  assert.equal(waiting.status, 'IN_QUEUE');
  assert.equal(waiting.queue_position, 3);
  await moveOn(requestId, RUNNING);
  assert.equal((await fal.queue.status(PORTRAIT, { requestId })).status, 'IN_PROGRESS');
  await moveOn(requestId, ENDED);
  const over = await fal.queue.status(PORTRAIT, { requestId, logs: true });
  assert.equal(over.status, 'COMPLETED');
  assert.equal(over.logs.at(-1).message, 'step 2500/2500');
  const result = await fal.queue.result(PORTRAIT, { requestId });
  assert.match(result.data.diffusers_lora_file.url, /^https:\/\//);
  assert.match(result.data.config_file.url, /^https:\/\//);
  assert.equal(result.requestId, requestId);
});

for (const mode of ['polling', 'streaming']) {
  test(`subscribe by ${mode}`, async () => {
    const next = { IN_QUEUE: RUNNING, IN_PROGRESS: ENDED };
    const seen = [];
    const result = await fal.subscribe(STYLE, {
      input: input(1, 1, WAITING),
      mode,
      onQueueUpdate: (update) => {
        if (seen.at(-1) === update.status) return;
        seen.push(update.status);
        if (next[update.status]) void moveOn(update.request_id, next[update.status]);
      },
    });
    assert.deepEqual(seen, ['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']);
    assert.match(result.data.diffusers_lora_file.url, /^https:\/\//);
  });
}

test('streaming brings every log line once, because the client adds up the lines of all events', async () => {
  let logs = [];
  await fal.subscribe(PORTRAIT, {
    input: input(0, 0.5),
    mode: 'streaming',
    logs: true,
    onQueueUpdate: (update) => (logs = (update.logs ?? []).map((line) => line.message)),
  });
  assert.deepEqual(logs, Array.from({ length: 10 }, (_, index) => `step ${(index + 1) * 250}/2500`));
});

test('request that goes back into the queue', async () => {
  const statuses = [];
  await fal.subscribe(PORTRAIT, {
    input: input(1, 1, RUNNING),
    mode: 'streaming',
    onQueueUpdate: (update) => {
      if (statuses.length === 0) {
        void moveOn(update.request_id, { stall: 'never', queue_seconds: 0, run_seconds: 1, requeue_seconds: 0.5 });
      }
      if (statuses.at(-1) !== update.status) statuses.push(update.status);
    },
  });
  assert.deepEqual(statuses, ['IN_PROGRESS', 'IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']);
});

test('endpoint with a sub path and workflow with three parts', async () => {
  const members = { 'blackforestlabs/flux-3/klein/base/trainer': 'lora_file', 'workflows/owner/app': 'config_file' };
  for (const [endpoint, member] of Object.entries(members)) {
    const result = await fal.subscribe(endpoint, { input: input(0, 0), pollInterval: 20 });
    assert.ok(result.data[member].url);
  }
});

test('cancel while queued, and too late', async () => {
  const { request_id: requestId } = await fal.queue.submit(PORTRAIT, { input: input(60, 60) });
  await fal.queue.cancel(PORTRAIT, { requestId });
  const status = await fal.queue.status(PORTRAIT, { requestId });
  assert.equal(status.status, 'COMPLETED');
  assert.equal(status.error_type, 'client_cancelled');
  await rejectsWith(fal.queue.result(PORTRAIT, { requestId }), 499);
  const late = await rejectsWith(fal.queue.cancel(PORTRAIT, { requestId }), 400);
  assert.deepEqual(late.body, { status: 'ALREADY_COMPLETED' });
});

test('422 is a ValidationError that keeps its detail', async () => {
  const fields = { outcome: 'validation_error', error_type: 'invalid_archive', error: 'not a zip' };
  const { request_id: requestId } = await fal.queue.submit(PORTRAIT, { input: input(0, 0, fields) });
  const error = await rejectsWith(fal.queue.result(PORTRAIT, { requestId }), 422);
  assert.ok(error instanceof ValidationError);
  assert.equal(error.body.detail[0].type, 'invalid_archive');
  assert.equal(error.fieldErrors[0].msg, 'not a zip');
});

test('early result is 400', async () => {
  const { request_id: requestId } = await fal.queue.submit(PORTRAIT, { input: input(60, 60) });
  const error = await rejectsWith(fal.queue.result(PORTRAIT, { requestId }), 400);
  assert.equal(error.body.detail, 'Request is still in progress');
});

test('unknown request is 404', async () => {
  const error = await rejectsWith(fal.queue.status(PORTRAIT, { requestId: 'unknown' }), 404);
  assert.deepEqual(error.body, { status: 'NOT_FOUND' });
});

test('platform error is told by the status', async () => {
  const fields = { outcome: 'platform_error', error_type: 'bad_request' };
  const { request_id: requestId } = await fal.queue.submit(PORTRAIT, { input: input(0, 0, fields) });
  const status = await fal.queue.status(PORTRAIT, { requestId });
  assert.equal(status.error_type, 'bad_request');
  await rejectsWith(fal.queue.result(PORTRAIT, { requestId }), 400);
});

test('wrong key is 401', async () => {
  await rejectsWith(client({ credentials: ' ' }).queue.submit(PORTRAIT, { input: input(0, 0) }), 401);
});
