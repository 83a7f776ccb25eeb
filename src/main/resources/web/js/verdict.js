// The conditions that the server judges, with the pages where more is told of them. Always words; colour and icon only repeat them.

const PAGES = {
  no_worker: '#/workers',
  worker_gone: '#/workers',
  clock_off: '#/workers',
  key_refused: '#/workers',
  account_locked: '#/workers',
  polling_paused: '#/workers',
  paused_by_operator: '#/events',
  endpoint_unknown: '#/events?type=endpoint_unknown',
  fal_down: '#/avatars?state=failing',
  fal_unreliable: '#/avatars?state=failing',
  rate_too_low: '#/avatars?state=late',
  ends_refused: '#/avatars?state=failing',
  unmonitored: '#/avatars?state=unmonitored',
  schedule_fault: '#/avatars?state=stuck',
  late: '#/avatars?state=late',
  failing: '#/avatars?state=failing',
  stalled: '#/avatars?state=stalled',
  invalid: '#/avatars?state=invalid',
};

/** Requests without an answer that are worth a word, in percent. */
const UNANSWERED_PERCENT = 10;

/** @returns {worst, others}: conditions with kind, level (ok, warn or bad), text, since, remedy and href */
export function verdict(overview) {
  const [worst, ...others] = overview.conditions.map((condition) => ({ ...condition, href: PAGES[condition.kind] ?? '#/avatars' }));
  return { worst, others };
}

/** Whether trainings have been without a trigger for longer than a new one may be. */
export function unmonitoredForLong(overview) {
  return overview.conditions.some(({ kind }) => kind === 'unmonitored');
}

/** What is known of fal: {level, text}. */
export function falHealth({ fal, conditions, fal_paused: paused, workers }) {
  if (paused.length > 0) {
    const stopped = conditions.some(({ kind }) => kind === 'key_refused' || kind === 'account_locked');
    const where = paused.length < workers.alive ? ` on ${paused.length} of ${workers.alive} workers` : '';
    return { level: stopped ? 'bad' : 'warn', text: `${stopped ? 'polling stopped' : 'polling paused'}${where}` };
  }
  const { requests_last_minute: requests, answered_last_minute: answered } = fal;
  if (requests === 0) {
    return { level: 'none', text: 'no request in the last minute' };
  }
  const missing = (requests - answered) * 100 > requests * UNANSWERED_PERCENT;
  const level = missing ? (conditions.some(({ kind }) => kind === 'fal_down') ? 'bad' : 'warn') : 'ok';
  const figures = `${answered.toLocaleString('en')} of ${requests.toLocaleString('en')} requests`;
  return { level, text: `${answered === 0 ? 'answers none' : 'answers'}: ${figures} in the last minute` };
}

/** For the title of the window, which is seen when the page is not. */
export function titlePrefix(overview) {
  if (overview === null) {
    return '';
  }
  const unmonitored = overview.conditions.find(({ kind }) => kind === 'unmonitored');
  return unmonitored ? `${unmonitored.count} not monitored – ` : overview.conditions[0].level === 'bad' ? 'Problem – ' : '';
}
