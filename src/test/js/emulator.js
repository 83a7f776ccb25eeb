// How a program points fal's official client at the emulator: the client's hosts are fixed, so its requests are rewritten.
const { createFalClient, ApiError, ValidationError } = await import(process.env.FAL_CLIENT ?? '@fal-ai/client');

export { ApiError, ValidationError };
export const BASE = process.env.EMULATOR_URL;
export const PORTRAIT = 'fal-ai/flux-lora-portrait-trainer';
export const STYLE = 'fal-ai/flux-lora-fast-training';

/** The emulator's address before the host: queue.fal.run, fal.run, rest.fal.ai and api.fal.ai at once. */
export function toEmulator(url) {
  return url.replace(/^https:\/\//, `${BASE}/`);
}

export function client(options = {}) {
  return createFalClient({
    credentials: 'id:secret',
    requestMiddleware: async (request) => ({ ...request, url: toEmulator(request.url) }),
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

/** The error of a call that the emulator refuses with this code. */
export async function rejectsWith(promise, code) {
  const error = await promise.then(
    () => {
      throw new Error('was not rejected');
    },
    (rejected) => rejected,
  );
  if (!(error instanceof ApiError) || error.status !== code) {
    throw new Error(`not an ApiError with ${code}: ${error}`);
  }
  return error;
}
