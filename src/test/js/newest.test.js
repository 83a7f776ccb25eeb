// What clients of before 1.3 do not do: repeat a call that failed, and send all calls through a proxy outside a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, PORTRAIT, admin, client, input } from './emulator.js';

test('client repeats a status that met a bad gateway', async () => {
  const { request_id: requestId } = await client().queue.submit(PORTRAIT, { input: input(0, 0) });
  await admin('POST', 'faults', { kind: 'bad_gateway', op: 'status', request_id: requestId, times: 1 });
  const status = await client().queue.status(PORTRAIT, { requestId });
  assert.equal(status.status, 'COMPLETED');
  const calls = await admin('GET', `calls?request_id=${requestId}&op=status`);
  assert.deepEqual(calls.map((call) => call.code), [502, 200]);
});

test('proxy carries every call', async () => {
  const proxied = client({
    requestMiddleware: undefined,
    proxyUrl: { url: `${BASE}/proxy`, when: 'always' },
  });
  const result = await proxied.subscribe(PORTRAIT, { input: input(0.1, 0.1), pollInterval: 20 });
  assert.ok(result.data.config_file.url);
});
