// The words of the page: the same as the terminal's.
import { h } from './dom.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A larger difference than figures are old means that a clock was set. */
const CLOCK_SET_MS = 15_000;

/** How far the server's clock is ahead of this machine's: ages are told by the server's. */
let ahead = -Infinity;

/** Takes the time of figures. They may be some seconds old when they arrive, so the largest difference is the nearest one. */
export function serverTimeIs(iso) {
  const seen = Date.parse(iso) - Date.now();
  ahead = Math.abs(seen - ahead) > CLOCK_SET_MS ? seen : Math.max(seen, ahead);
}

export function now() {
  return Date.now() + (ahead === -Infinity ? 0 : ahead);
}

/** `3m ago`, `in 42s`, `now`. */
export function age(iso) {
  const millis = now() - Date.parse(iso);
  if (Math.abs(millis) < 1000) {
    return 'now';
  }
  return millis < 0 ? `in ${length(-millis)}` : `${length(millis)} ago`;
}

/** `due 48s ago`, `in 12s`, `due now`: of a time that should be ahead. */
export function dueIn(iso) {
  const text = age(iso);
  return text.startsWith('in ') ? text : `due ${text}`;
}

/** `850ms`, `42s`, `3m`, `1h 5m`, `2d 3h`: rounded to what is useful. */
export function length(millis) {
  const seconds = Math.floor(millis / 1000);
  if (seconds < 1) {
    return `${Math.round(millis)}ms`;
  }
  if (seconds < MINUTE) {
    return `${seconds}s`;
  }
  if (seconds < HOUR) {
    return `${Math.floor(seconds / MINUTE)}m`;
  }
  return seconds < DAY
    ? two(seconds, HOUR, 'h', MINUTE, 'm')
    : two(seconds, DAY, 'd', HOUR, 'h');
}

function two(seconds, large, largeUnit, small, smallUnit) {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)}${largeUnit}${rest === 0 ? '' : ` ${rest}${smallUnit}`}`;
}

const pad = (number) => String(number).padStart(2, '0');

function day(date) {
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** The time of day here, with the date when it is not today's. */
export function clock(iso) {
  const date = new Date(iso);
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return day(date) === day(new Date(now())) ? time : `${day(date)} ${time}`;
}

function both(iso) {
  const date = new Date(iso);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const utc = date.toISOString().replace(/\.\d+Z$/, 'Z');
  return `${day(date)} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())} ${zone}\n${utc} (UTC)`;
}

/** `14:00`, the hour here. */
export function hour(iso) {
  const date = new Date(iso);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** A time as an age that goes on by itself; hovering tells the time here and in UTC. */
export function ago(iso) {
  return iso ? h('time', { datetime: iso, title: both(iso), data: { age: '' }, text: age(iso) }) : dash();
}

/** The same for the time of the next check, which is due when it has passed. */
export function due(iso) {
  return iso ? h('time', { datetime: iso, title: both(iso), data: { age: 'due' }, text: dueIn(iso) }) : dash();
}

/** A time as the time of day here. */
export function at(iso) {
  return iso ? h('time', { datetime: iso, title: `${both(iso)}\n${age(iso)}`, text: clock(iso) }) : dash();
}

/** Lets all ages on the page go on. */
export function tick() {
  document.querySelectorAll('time[data-age]').forEach((time) => {
    const text = time.dataset.age === 'due' ? dueIn(time.dateTime) : age(time.dateTime);
    if (time.textContent !== text) {
      time.textContent = text;
    }
  });
}

export function dash() {
  return h('span', { class: 'dash', 'aria-label': 'none', role: 'img', text: '–' });
}

export function count(number) {
  return number === null || number === undefined ? '–' : Number(number).toLocaleString('en');
}

/** `3 trainings`. */
export function many(number, one, several = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : several}`;
}

export function rate(perSecond) {
  if (perSecond === null || perSecond === undefined) {
    return '–';
  }
  return `${perSecond >= 100 ? Math.round(perSecond) : Number(perSecond.toFixed(perSecond < 1 ? 2 : 1))}/s`;
}

/** `96.2 %` of a share from 0 to 1. */
export function percent(share) {
  return share === null || share === undefined ? '–' : `${Number((100 * share).toFixed(1))} %`;
}

export function millis(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  if (value < 1000) {
    return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ms`;
  }
  if (value < 60_000) {
    return `${(value / 1000).toFixed(1)} s`;
  }
  // With its seconds: on an axis 100 s and 200 s are as far apart as they look.
  const seconds = Math.round(value / 1000);
  return seconds < HOUR ? two(seconds, MINUTE, 'm', 1, 's') : length(seconds * 1000);
}

/** `still_training` as a person says it. */
export function spaced(word) {
  return String(word).replaceAll('_', ' ');
}

/** Begin and end of an id: those that were made about the same time begin alike. */
export function brief(id) {
  const text = String(id);
  return text.length <= 16 ? text : `${text.slice(0, 8)}…${text.slice(-6)}`;
}

/** The facts of an event as pairs of name and value, both in words. */
export function facts(detail) {
  return Object.entries(detail ?? {}).map(([name, value]) => [
    spaced(name),
    inWords(name, value),
  ]);
}

function inWords(name, value) {
  if (value === null || typeof value !== 'object') {
    return String(value);
  }
  // The columns of a model: their long URLs are on the avatar's page.
  return name === 'model' ? Object.keys(value).filter((column) => value[column] !== null).join(', ') : JSON.stringify(value);
}

const BAD = new Set(['failed', 'stalled', 'timed_out', 'gave_up', 'repair_runaway', 'write_refused', 'schema_broken', 'clock_off', 'reconcile_failed', 'endpoint_unknown', 'worker_stuck']);
const WARN = new Set(['cancelled', 'unwatched', 'window_expired', 'invalid', 'repaired', 'fal_paused', 'polling_paused_by_operator', 'worker_lost', 'superseded', 'rate_too_low', 'result_refused']);
const OK = new Set(['completed', 'fal_resumed', 'database_back', 'clock_right', 'schema_right', 'reconcile_recovered', 'endpoint_known', 'rate_right']);

/** How much an event matters, as the name of an icon. */
export function weight(type) {
  return BAD.has(type) ? 'bad' : WARN.has(type) ? 'warn' : OK.has(type) ? 'ok' : 'none';
}

/** Every type, in the order of EventType. */
export const EVENT_TYPES = [
  'watching', 'restored', 'unwatched', 'completed', 'failed', 'cancelled', 'window_expired', 'stalled', 'timed_out', 'overridden', 'gave_up', 'invalid',
  'superseded', 'repaired', 'repair_runaway', 'write_refused', 'fal_paused', 'fal_resumed', 'result_refused',
  'endpoint_unknown', 'endpoint_known', 'history_refused', 'rate_too_low', 'rate_right', 'worker_lost', 'worker_stuck', 'database_back', 'clock_off', 'clock_right',
  'schema_broken', 'schema_right',
  'reconcile_failed', 'reconcile_recovered', 'operator_action', 'cancel_requested', 'polling_paused_by_operator', 'polling_resumed_by_operator',
];
