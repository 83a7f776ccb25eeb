// @fal-ai/server-proxy as an application runs it, with the fetch of its process pointed at the emulator.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { createRequestHandler } from '@fal-ai/server-proxy/svelte';
import { PORTRAIT, client, input, rejectsWith, toEmulator } from './emulator.js';

const { requestHandler } = createRequestHandler({
  allowedEndpoints: [PORTRAIT],
  resolveFalAuth: async () => 'Key id:secret',
});
const ownFetch = globalThis.fetch;
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
  const { method, headers } = request;
  const answer = await requestHandler({ request: new Request(`http://proxy${request.url}`, { method, headers, body }) });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
});
let browser;

before(async () => {
  globalThis.fetch = (url, options) => ownFetch(toEmulator(String(url)), options);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/api/fal/proxy`;
  // No key here: it is the proxy that has it.
  browser = client({ credentials: undefined, requestMiddleware: undefined, proxyUrl: { url, when: 'always' } });
});

after(() => {
  globalThis.fetch = ownFetch;
  server.close();
  server.closeAllConnections();
});

test('subscribe through the server proxy', async () => {
  const result = await browser.subscribe(PORTRAIT, { input: input(0.1, 0.1), pollInterval: 20 });
  assert.ok(result.data.diffusers_lora_file.url);
});

test('submit, cancel and errors through the server proxy', async () => {
  const { request_id: requestId } = await browser.queue.submit(PORTRAIT, { input: input(60, 60) });
  const early = await rejectsWith(browser.queue.result(PORTRAIT, { requestId }), 400);
  assert.equal(early.body.detail, 'Request is still in progress');
  await browser.queue.cancel(PORTRAIT, { requestId });
  assert.equal((await browser.queue.status(PORTRAIT, { requestId })).error_type, 'client_cancelled');
});

test('run and upload through the server proxy', async () => {
  const ran = await browser.run(PORTRAIT, { input: input(0, 0) });
  assert.ok(ran.data.config_file.url);
  const url = await browser.storage.upload(new Blob(['photos'], { type: 'application/zip' }));
  assert.equal(await (await ownFetch(url)).text(), 'photos');
});

test('server proxy lets no other endpoint through', async () => {
  await rejectsWith(browser.queue.submit('fal-ai/other', { input: input(0, 0) }), 400);
});
