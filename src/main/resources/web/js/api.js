// Requests to the server that sent this page. The token stays in this tab and goes nowhere else.

const TOKEN = 'token';
const TIMEOUT_MS = 20_000;

/** What the server said instead of an answer, or that it said nothing (status 0). */
export class Problem extends Error {
  constructor(status, title, detail) {
    super(detail);
    this.status = status;
    this.title = title;
  }
}

let asking = null;
/** Whether the operator has cancelled the dialog: reading calls do not open it again. */
let cancelled = false;

export function headers() {
  const token = sessionStorage.getItem(TOKEN);
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

/** Reads a path below /api/v1; query members that are null or empty are left out. */
export async function get(path, query = {}, signal) {
  return read(await send('GET', withQuery(path, query), signal));
}

/** Like get, but a refused token is a problem of status 401 and opens no dialog. */
export async function getWithoutDialog(path) {
  return read(await ask('GET', path, undefined, TIMEOUT_MS, null));
}

/**
 * @param timeout how long the server may take
 * @param body sent as JSON; null for none
 */
export async function post(path, timeout = TIMEOUT_MS, body = null) {
  return read(await send('POST', path, undefined, timeout, body));
}

/** The URL of an answer of the API, for links. */
export function url(path, query) {
  return `api/v1/${withQuery(path, query)}`;
}

/** Stores an answer of the API as a file: a link cannot send the token. */
export async function save(path, query, name) {
  const answer = await send('GET', withQuery(path, query));
  if (!answer.ok) {
    read(answer);
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([answer.text]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), TIMEOUT_MS);
}

function withQuery(path, query) {
  const parameters = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== null && value !== '' && value !== undefined));
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function send(method, path, signal, timeout = TIMEOUT_MS, body = null) {
  if (method !== 'GET') {
    askAgain(); // An operator acts.
  }
  for (;;) {
    const used = sessionStorage.getItem(TOKEN);
    const answer = await ask(method, path, signal, timeout, body);
    if (answer.status !== 401) {
      return answer;
    }
    await token(used); // Ends the loop when the operator gives up.
  }
}

async function ask(method, path, signal, timeoutMs, body) {
  const timeout = AbortSignal.timeout(timeoutMs);
  const stop = new AbortController();
  const give = (event) => stop.abort(event.target.reason);
  [timeout, signal].filter(Boolean).forEach((one) => (one.aborted ? stop.abort(one.reason) : one.addEventListener('abort', give)));
  try {
    const answer = await fetch(`api/v1/${path}`, { method, headers: body === null ? headers() : { ...headers(), 'Content-Type': 'application/json' }, body: body === null ? undefined : JSON.stringify(body), signal: stop.signal, cache: 'no-store', credentials: 'omit' });
    return { status: answer.status, ok: answer.ok, text: await answer.text() };
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw timeout.aborted && method !== 'GET'
      ? new Problem(0, 'The server did not answer in time.', 'The action may still be under way; its outcome will be in the events.')
      : new Problem(0, 'The server does not answer.', 'It may be stopped, or the network is down.');
  } finally {
    signal?.removeEventListener('abort', give);
  }
}

function read(answer) {
  let body;
  try {
    body = JSON.parse(answer.text);
  } catch (noJson) {
    throw new Problem(answer.status, 'The answer cannot be read.', `HTTP ${answer.status}`);
  }
  if (!answer.ok) {
    throw new Problem(answer.status, `${body.title ?? 'The server refused'}.`, body.detail ?? `HTTP ${answer.status}`);
  }
  return body;
}

/**
 * Asks the operator for the token, once for all requests that wait for it.
 *
 * @param used the token that was refused, or null when none was sent
 */
export function token(used) {
  if (sessionStorage.getItem(TOKEN) !== used) {
    return Promise.resolve(); // Given meanwhile, by another request.
  }
  if (cancelled) {
    return Promise.reject(tokenNeeded());
  }
  asking ??= prompt(used !== null).finally(() => {
    asking = null;
  });
  return asking;
}

/** Lets the next call that needs a token ask for it, although the operator has cancelled the dialog. */
export function askAgain() {
  cancelled = false;
}

function tokenNeeded() {
  return new Problem(401, 'Token needed.', 'This call requires a token of the server.');
}

export function currentToken() {
  return sessionStorage.getItem(TOKEN);
}

function prompt(wrong) {
  const dialog = document.getElementById('token');
  const form = document.getElementById('token-form');
  const value = document.getElementById('token-value');
  const cancel = document.getElementById('token-cancel');
  const why = document.getElementById('token-why');
  why.textContent = wrong
    ? 'The server refused this token. Use http.token of its configuration, or a token of http.tokens-file.'
    : 'The server requires a token: http.token of its configuration, or one of http.tokens-file.';
  sessionStorage.removeItem(TOKEN);
  value.value = '';
  return new Promise((resolve, reject) => {
    form.onsubmit = () => sessionStorage.setItem(TOKEN, value.value.trim());
    cancel.onclick = () => dialog.close();
    dialog.onclose = () => {
      value.value = '';
      if (sessionStorage.getItem(TOKEN) === null) {
        cancelled = true;
        reject(tokenNeeded());
      } else {
        resolve();
      }
    };
    dialog.showModal();
    value.focus();
  });
}
