// How a program points fal's official client at the emulator: the client's hosts are fixed, so its requests are rewritten.
import { createFalClient } from '@fal-ai/client';

export const BASE = process.env.EMULATOR_URL;
export const PORTRAIT = 'fal-ai/flux-lora-portrait-trainer';
export const STYLE = 'fal-ai/flux-pro-trainer';

export function client(options = {}) {
  return createFalClient({
    credentials: 'id:secret',
    requestMiddleware: async (request) => ({
      ...request,
      url: request.url.replace(/^https:\/\/queue\.fal\.run/, BASE),
    }),
    ...options,
  });
}

/** Input whose request is over after so many seconds and otherwise goes as the fields say. */
export function input(queueSeconds, runSeconds, fields = {}) {
  return {
    images_data_url: 'https://files.example.com/photos.zip',
    _emulator: { queue_seconds: queueSeconds, run_seconds: runSeconds, ...fields },
  };
}

export async function admin(method, path, body) {
  const response = await fetch(`${BASE}/_emulator/${path}`, { method, body: body && JSON.stringify(body) });
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }
  return response.json();
}
