// Sample application: submits a training for each name to fal's queue and writes its row to the table avatars (start_training.sql).
//
//   node submit_training.mjs Ada Grace
//
// Prints the avatar's id and fal's request id, one line per training. Needs Node.js 18 and psql, no packages; with the package pg, send
// the statement of start_training.sql through your pool instead. Environment:
//
//   FAL_QUEUE_URL    https://queue.fal.run, by default the local queue: avatar-monitor fal-emulator
//   FAL_KEY          key of the fal account
//   PGHOST, PGUSER…  the database, as for every program of PostgreSQL
//   IMAGES_URL       archive of the images to train with
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const QUEUE = (process.env.FAL_QUEUE_URL ?? 'http://127.0.0.1:8089').replace(/\/+$/, '');
const KEY = process.env.FAL_KEY ?? 'local:example';
const IMAGES = process.env.IMAGES_URL ?? 'https://example.com/images.zip';
const TRAINING_TYPE = 'PORTRAIT';
const TRAINER = 'fal-ai/flux-lora-portrait-trainer';
const INSERT = fileURLToPath(new URL('start_training.sql', import.meta.url));
const TIMEOUT_MS = 30_000;

async function fal(method, path, body) {
  const response = await fetch(`${QUEUE}/${path}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    headers: { Authorization: `Key ${KEY}`, 'Content-Type': 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`fal answered ${response.status} to ${method} ${path}`);
  return response.json();
}

async function insert(name, requestId) {
  const psql = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
  const values = ['-v', `name=${name}`, '-v', `training_type=${TRAINING_TYPE}`, '-v', `request_id=${requestId}`];
  const { stdout } = await promisify(execFile)('psql', [...psql, ...values, '-f', INSERT], { timeout: TIMEOUT_MS });
  return stdout.trim();
}

async function train(name) {
  const { request_id: requestId } = await fal('POST', TRAINER, { images_data_url: IMAGES });
  let avatarId;
  try {
    avatarId = await insert(name, requestId);
  } catch (failed) {
    // Without a row no program fetches the model, although the training is paid for.
    await fal('PUT', `${TRAINER}/requests/${requestId}/cancel`);
    throw failed;
  }
  console.log(avatarId, requestId);
}

const names = process.argv.slice(2);
if (names.length === 0) {
  console.error('usage: node submit_training.mjs NAME...');
  process.exit(1);
}
for (const name of names) await train(name);
