import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { BASE, PORTRAIT, client, input } from './emulator.js';

const fal = client();

test('webhook arrives and is signed by a key of the JWKS', async () => {
  const { request_id: requestId, webhook } = await submitAndReceive({});
  const body = JSON.parse(webhook.body);
  assert.equal(body.request_id, requestId);
  assert.equal(body.status, 'OK');
  assert.ok(body.payload.diffusers_lora_file.url);
  assert.ok(await signed(webhook));
  assert.ok(!(await signed({ ...webhook, body: Buffer.from(`${webhook.body} `) })));
});

test('webhook with a bad signature is told apart', async () => {
  const { webhook } = await submitAndReceive({ webhook_signature: 'bad' });
  assert.ok(!(await signed(webhook)));
});

async function submitAndReceive(fields) {
  let receive;
  const received = new Promise((resolve) => (receive = resolve));
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      response.end();
      receive({ headers: request.headers, body: Buffer.concat(chunks) });
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const webhookUrl = `http://127.0.0.1:${server.address().port}/hook`;
    const submitted = await fal.queue.submit(PORTRAIT, { input: input(0.1, 0.1, fields), webhookUrl });
    return { ...submitted, webhook: await received };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function signed({ headers, body }) {
  const message = [
    headers['x-fal-webhook-request-id'],
    headers['x-fal-webhook-user-id'],
    headers['x-fal-webhook-timestamp'],
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
  const signature = Buffer.from(headers['x-fal-webhook-signature'], 'hex');
  const { keys } = await (await fetch(`${BASE}/.well-known/jwks.json`)).json();
  return keys.some((jwk) =>
    verify(null, Buffer.from(message), createPublicKey({ key: jwk, format: 'jwk' }), signature),
  );
}
