// What the server tells by itself: the overview, load samples and events, by server-sent events. Read with fetch and not with
// EventSource, which cannot send the token.
import { currentToken, get, getWithoutDialog, headers, token } from './api.js';
import { serverTimeIs } from './words.js';

const SAMPLES_MAX = 180;
/** The server says something at least every ten seconds. */
const SILENCE_MS = 16_000;
/** A healthy server answers at once; a busy one is given some time. */
const CONNECT_MS = 8_000;
/** A stream that ends sooner did not end in good order. */
const SHORT_MS = 3_000;
const WAITS_MS = [0, 500, 1_000, 2_000, 4_000];
/** Values arrive every two seconds, or each time they are counted; after this many seconds without them the database counts as unavailable. */
const QUIET_MAX = 12;
/** A text this long without an end of line comes from no server of ours. */
const TEXT_MAX = 1_000_000;

export const live = {
  /** connecting, live, reconnecting, polling, disconnected or refused */
  connection: 'connecting',
  /** Milliseconds of this machine's clock when the connection was lost. */
  lostAt: null,
  /** Whether the server is there but has no figures to tell. */
  away: false,
  overview: null,
  samples: [],
};

const listeners = new Map();

/** Calls the function on each `overview`, `load`, `event`, `connection`, `away` and, when news may have been missed, `gap`. */
export function on(type, listener) {
  if (!listeners.has(type)) {
    listeners.set(type, new Set());
  }
  listeners.get(type).add(listener);
  return () => listeners.get(type).delete(listener);
}

export function emit(type, value) {
  [...(listeners.get(type) ?? [])].forEach((listener) => listener(value));
}

function become(connection) {
  if (live.connection !== connection) {
    live.connection = connection;
    emit('connection', connection);
  }
}

/** Longest time that one call of wait counts: a machine that slept did not wait. Browsers call it once a minute in a hidden page. */
const TICK_MAX_S = 2;
const HIDDEN_TICK_MAX_S = 61;
/** Seconds without figures, and when they were counted last. */
let quiet = 0;
let counted = Date.now();

function heard() {
  quiet = 0;
  counted = Date.now();
  beAway(false);
}

function wait() {
  const seconds = Math.min((Date.now() - counted) / 1_000, document.hidden ? HIDDEN_TICK_MAX_S : TICK_MAX_S);
  counted = Date.now();
  if (live.connection === 'live' || live.connection === 'polling') {
    quiet += Math.max(seconds, 0);
    beAway(quiet >= QUIET_MAX);
  }
}

function beAway(away) {
  if (live.away !== away) {
    live.away = away;
    emit('away', away);
    if (!away) {
      emit('gap'); // What was read while it was away is old: all lists are read again at once.
    }
  }
}

/** When the database last answered the server, as far as is known; null when it is not. */
export function answeredAt() {
  return [live.overview?.at, live.samples.at(-1)?.at].filter(Boolean).sort().at(-1) ?? null;
}

/** Whether the stream has sent its first overview: from then on it sends each event. */
let joined = false;

let wake = () => {};

/** Tries again now. */
export function reconnect() {
  wake();
}

/** Goes on for as long as the page is open. */
export async function start() {
  setInterval(wait, 1_000);
  window.addEventListener('online', reconnect);
  document.addEventListener('visibilitychange', () => document.hidden || reconnect());
  for (let failures = 0; ; ) {
    const began = Date.now();
    let ended = await listen();
    if (ended === 'failed') {
      ended = await poll();
    }
    if (ended === 'refused') {
      become('refused');
      await pause(null);
    } else if (ended === 'was live') {
      // The server may end a stream in good order: no reason for an alarm, and the next attempt waits.
      failures = 0;
      live.lostAt = Date.now();
      become('reconnecting');
      await pause(Date.now() - began < SHORT_MS ? WAITS_MS[2] : 0);
    } else if (ended === 'silent') {
      // Frozen, or the network swallows everything: another attempt would delay the message by as long again.
      live.lostAt = Date.now();
      become('disconnected');
    } else {
      failures++;
      await pause(WAITS_MS[Math.min(failures, WAITS_MS.length - 1)]);
    }
  }
}

/**
 * Where no stream comes through, by a proxy that holds it back or a full server, answers may still do. Returns failed, as
 * there is still no stream, or what became of the token.
 */
async function poll() {
  const used = currentToken();
  try {
    take('overview', await getWithoutDialog('overview'));
    live.lostAt = null;
    become('polling');
  } catch (problem) {
    if (problem.status === 401) {
      return askForToken(used);
    }
    if (problem.status === 503) {
      live.lostAt = null;
      become('polling'); // The server is there, and says that the database is not.
    } else {
      live.lostAt ??= Date.now();
      become('disconnected');
    }
  }
  return 'failed';
}

/** Asks the operator for a token; returns refused on cancel. Meanwhile the values shown are not current. */
async function askForToken(used) {
  if (live.connection !== 'connecting') {
    become('refused');
  }
  try {
    await token(used);
    return 'was live'; // Again at once, with the token.
  } catch (cancelled) {
    return 'refused';
  }
}

function pause(millis) {
  return new Promise((resolve) => {
    const timer = millis === null ? 0 : setTimeout(resolve, millis);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** One stream, from its start to its end, which is told: was live, silent, failed or refused. */
async function listen() {
  const stop = new AbortController();
  let timer = setTimeout(() => stop.abort(), CONNECT_MS);
  let wasLive = false;
  let silent = false;
  try {
    const used = currentToken();
    const answer = await fetch('api/v1/stream', {
      headers: { ...headers(), Accept: 'text/event-stream' },
      signal: stop.signal,
      cache: 'no-store',
      credentials: 'omit',
    });
    if (answer.status === 401) {
      clearTimeout(timer);
      return askForToken(used);
    }
    if (!answer.ok || answer.body === null) {
      return 'failed';
    }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = parser();
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        silent = true;
        stop.abort();
      }, SILENCE_MS);
      const { done, value } = await reader.read();
      if (done) {
        return wasLive ? 'was live' : 'failed';
      }
      if (!wasLive) {
        wasLive = true;
        begin();
      }
      parse(value);
    }
  } catch (lost) {
    return silent ? 'silent' : wasLive ? 'was live' : 'failed';
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

function begin() {
  live.lostAt = null;
  become('live');
  loadSamples();
  joined = false;
}

async function loadSamples() {
  try {
    live.samples = (await get('load')).samples.slice(-SAMPLES_MAX);
    emit('load');
  } catch (problem) {
    // The next start of a stream asks again; new samples come by themselves.
  }
}

/** Takes the stream piece by piece. */
function parser() {
  let text = '';
  let type = 'message';
  let data = [];
  return (piece) => {
    text += piece;
    const lines = text.split(/\r\n|\n/);
    text = lines.pop();
    if (text.length > TEXT_MAX) {
      throw new Error('too long');
    }
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) {
          take(type, JSON.parse(data.join('\n')));
        }
        type = 'message';
        data = [];
      } else if (line.startsWith('event:')) {
        type = line.slice(6).trim();
      } else if (line.startsWith('data:')) {
        data.push(line.slice(5).replace(/^ /, ''));
      }
    }
  };
}

function take(type, value) {
  if (type === 'overview') {
    serverTimeIs(value.at);
    live.overview = value;
    heard();
    emit('overview', value);
    if (!joined && live.connection === 'live') {
      joined = true;
      emit('gap'); // Events before this one may have been missed, at the first stream too.
    }
  } else if (type === 'load') {
    live.samples = [...live.samples, value].slice(-SAMPLES_MAX);
    emit('load');
  } else if (type === 'event') {
    emit('event', value);
  }
}
