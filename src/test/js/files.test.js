import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, PORTRAIT, client, input, rejectsWith } from './emulator.js';

const fal = client();
const ZIP = new Blob(['PK and the photos'], { type: 'application/zip' });

test('uploaded file can be fetched', async () => {
  const url = await fal.storage.upload(new File([ZIP], 'photos.zip', { type: 'application/zip' }));
  assert.ok(url.startsWith(`${BASE}/files/`) && url.endsWith('/photos.zip'), url);
  const file = await fetch(url);
  assert.equal(file.headers.get('content-type'), 'application/zip');
  assert.equal(await file.text(), 'PK and the photos');
});

test('file in the input of a submit is uploaded first', async () => {
  const result = await fal.subscribe(PORTRAIT, {
    input: { ...input(0, 0), images_data_url: ZIP },
    pollInterval: 20,
  });
  assert.ok(result.data.config_file.url);
});

test('upload in parts is refused with a sentence', async () => {
  const large = { name: 'large.zip', size: 91 * 1024 * 1024, type: 'application/zip' };
  const error = await rejectsWith(fal.storage.upload(large), 501);
  assert.match(error.body.detail, /does not imitate/);
});

test('run waits for the result', async () => {
  const result = await fal.run('fal-ai/wan-trainer/t2v', { input: input(60, 0.1) });
  assert.match(result.data.lora_file.url, /^https:\/\//);
  assert.ok(result.requestId);
});

test('run rejects with the error of the model', async () => {
  const error = await rejectsWith(fal.run(PORTRAIT, { input: input(0, 0, { outcome: 'validation_error' }) }), 422);
  assert.equal(error.body.detail[0].type, 'invalid_archive');
});

test('files of a served model can be fetched', async () => {
  const { data } = await fal.subscribe(PORTRAIT, { input: input(0, 0, { files_served: true }), pollInterval: 20 });
  const file = await fetch(data.diffusers_lora_file.url);
  assert.equal((await file.arrayBuffer()).byteLength, data.diffusers_lora_file.file_size);
});
