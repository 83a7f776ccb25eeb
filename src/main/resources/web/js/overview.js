// The first page: what an operator must know in five seconds.
import { get } from './api.js';
import { charts } from './charts.js';
import { empty, failed, h, icon, loading, say, show } from './dom.js';
import { answeredAt, live, on } from './live.js';
import { eventTable, staleNote, workerTable } from './parts.js';
import { pausePanel } from './pauses.js';
import { refresher } from './table.js';
import { falHealth, unmonitoredForLong, verdict } from './verdict.js';
import { ago, at, count, millis, rate } from './words.js';

const EVENTS = 12;

const NOW = [
  ['watched', 'monitored', 'none'],
  ['late', 'late', 'warn'],
  ['failing', 'failing', 'warn'],
  ['unmonitored', 'not monitored', 'bad'],
  ['invalid', 'invalid', 'warn'],
  ['stalled', 'stalled', 'warn'],
  ['stuck', 'stuck', 'bad'],
];
const TODAY = [
  ['completed_today', 'completed'],
  ['failed_today', 'failed'],
  ['cancelled_today', 'cancelled'],
];

export function overviewPage() {
  const sentence = h('h1', { tabindex: '-1' }, 'Overview');
  const remedy = h('p', { class: 'remedy' });
  const problems = h('ul', { class: 'problems' });
  const facts = h('dl', { class: 'facts' });
  const now = h('ul', { class: 'counts' });
  const today = h('ul', { class: 'counts today' });
  const head = h('section', { class: 'verdict', 'aria-label': 'State of all trainings' }, sentence, remedy, problems, facts);
  const countsTitle = h('h2', { text: 'Trainings now' });
  const drawn = charts();
  const pauses = pausePanel();
  const workers = workerTable(false);
  const workerState = h('div', {}, loading('workers'));
  const workerNote = h('p', { class: 'stale-note', hidden: true });
  const events = eventTable('Latest events');
  const eventState = h('div', {}, loading('events'));
  const eventNote = staleNote();
  let rows = [];

  const element = h(
    'div',
    { class: 'page' },
    head,
    h(
      'section',
      { class: 'strip', 'aria-label': 'Counts' },
      h('div', {}, countsTitle, now),
      h('div', {}, h('h2', { text: 'Ended in the last 24 h' }), today),
    ),
    pauses.element,
    drawn.element,
    h(
      'div',
      { class: 'columns' },
      h('section', { 'aria-labelledby': 'latest' }, title('latest', 'Latest events', '#/events', 'All events'), eventNote.element, eventState),
      h('section', { 'aria-labelledby': 'who' }, title('who', 'Workers', '#/workers', 'All workers'), workerNote, workerState),
    ),
  );

  function render() {
    const overview = live.overview;
    facts.hidden = live.away;
    show(countsTitle, live.away && overview?.at, (then) => (then ? ['Trainings at ', at(then)] : 'Trainings now'));
    if (live.away) {
      renderAway();
      return;
    }
    if (overview === null) {
      return;
    }
    const { worst, others } = verdict(overview);
    head.dataset.level = worst.level;
    show(sentence, [worst.level, worst.text, worst.since], () => [icon(worst.level), h('span', {}, worst.text, since(worst.since))]);
    show(remedy, worst.remedy, (text) => text);
    remedy.hidden = !worst.remedy;
    show(problems, others, () =>
      others.map((other) => h('li', { class: other.level }, icon(other.level), h('span', {}, h('a', { href: other.href, text: other.text }), since(other.since)))),
    );
    problems.hidden = others.length === 0;
    renderFacts(overview);
    const old = unmonitoredForLong(overview);
    show(now, [old, ...NOW.map(([name]) => overview.counts[name])], () =>
      NOW.map(([name, label, weight]) =>
        countLink(overview.counts[name], label, `#/avatars?state=${name}`, name === 'unmonitored' && !old ? 'none' : weight),
      ),
    );
    show(today, TODAY.map(([name]) => overview.counts[name]), () =>
      TODAY.map(([name, label]) => countLink(overview.counts[name], label, '#/avatars?state=ended', 'none')),
    );
  }

  /** What was counted before is not true of now. */
  function renderAway() {
    const last = answeredAt();
    head.dataset.level = 'bad';
    show(sentence, ['away', last], () => [icon('bad'), h('span', {}, 'The database is unavailable', last ? [': no answer since ', at(last)] : null, '.')]);
    show(remedy, 'away', () => 'Start the database or restore the connection; workers resume automatically. The values below are not current.');
    remedy.hidden = false;
    problems.hidden = true;
  }

  function renderFacts(overview) {
    const fal = falHealth(overview);
    const { alive, known } = overview.workers;
    const level = alive === 0 ? 'bad' : alive < known ? 'warn' : 'ok';
    const lines = [
      ['fal', fal.level, fal.text],
      ['workers', level, `${alive} of ${known} alive`],
      ['checks', null, rate(overview.checks_per_second)],
      ['check delay', null, overview.late_p99_ms === null ? 'no check lately' : `median ${millis(overview.late_p50_ms)}, p95 ${millis(overview.late_p95_ms)}, p99 ${millis(overview.late_p99_ms)}`],
      ['last reconcile', null, overview.last_reconcile_at],
    ];
    if (facts.children.length === 0) {
      facts.append(...lines.map(([name]) => h('div', {}, h('dt', { text: name }), h('dd'))));
    }
    lines.forEach(([name, mark, text], i) =>
      show(facts.children[i].lastChild, [mark, text], () =>
        name === 'last reconcile' ? (text === null ? 'none yet' : ago(text)) : mark === null ? text : h('span', { class: `mark ${mark}` }, icon(mark), text),
      ),
    );
  }

  function renderEvents() {
    if (rows.length === 0) {
      show(eventState, 'none', () => empty('No event.'));
    } else {
      show(eventState, 'rows', () => events.element);
      events.render(rows);
    }
  }

  async function readEvents() {
    try {
      rows = merge(rows, (await get('events', { limit: EVENTS })).rows);
      renderEvents();
    } catch (problem) {
      show(eventState, problem.message, () => failed(problem, readEvents));
    }
  }

  function merge(older, newer) {
    const names = new Map([...older, ...newer].filter((row) => row.name).map((row) => [row.avatar_id, row.name]));
    const known = new Map([...older, ...newer].map((row) => [row.id, { ...row, name: row.name ?? names.get(row.avatar_id) ?? null }]));
    return [...known.values()].sort((a, b) => b.id - a.id).slice(0, EVENTS);
  }

  const readWorkers = refresher(async (signal) => {
    try {
      const { rows: all } = await get('workers', {}, signal);
      if (all.length === 0) {
        show(workerState, 'none', () => empty('No worker runs. Start one: ', h('code', { text: 'avatar-monitor worker' })));
      } else {
        show(workerState, 'rows', () => workers.element);
        workers.render(all);
      }
    } catch (problem) {
      if (!signal.aborted && workerState.sign !== '"rows"') {
        show(workerState, problem.message, () => failed(problem, () => readWorkers.now()));
      }
      return false;
    }
  }, 3_000, workerNote);

  let off = [];
  return {
    title: () => 'Overview',
    element,
    start() {
      off = [
        on('overview', () => {
          render();
          pauses.render();
          drawn.age();
        }),
        on('away', () => {
          render();
          drawn.render();
        }),
        on('load', () => {
          drawn.render();
          render();
        }),
        on('theme', drawn.restyle),
        on('gap', () => {
          readEvents();
          readWorkers.now();
        }),
        on('event', (event) => {
          rows = merge(rows, [event]);
          renderEvents();
        }),
      ];
      if (live.overview === null) {
        say(sentence, 'Loading…');
      }
      render();
      pauses.render();
      drawn.render();
      readEvents();
      readWorkers.now();
    },
    update() {},
    stop() {
      off.forEach((end) => end());
      eventNote.stop();
      drawn.stop();
      readWorkers.stop();
    },
  };
}

function since(iso) {
  return iso ? [' ', h('span', { class: 'since' }, 'Since ', at(iso), ' (', ago(iso), ').')] : null;
}

function countLink(number, label, href, weight) {
  const level = number > 0 ? weight : 'none';
  return h(
    'li',
    { class: number > 0 ? level : 'zero' },
    h('a', { href }, h('span', { class: 'number' }, level === 'none' ? null : icon(level), count(number)), ' ', h('span', { class: 'label', text: label })),
  );
}

function title(id, text, href, more) {
  return h('div', { class: 'title' }, h('h2', { id, text }), h('a', { href, text: more }));
}
