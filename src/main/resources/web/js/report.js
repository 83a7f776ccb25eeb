// How trainings ended over a day, a week or a chosen time, compared with the same time before; requests to fal and check delay.
import { currentToken, get, post, save, url } from './api.js';
import { lengthBars, stackedBars } from './bars.js';
import { empty, failed, h, icon, loading, say, show } from './dom.js';
import { live, on } from './live.js';
import { actionsOff } from './parts.js';
import { address, go } from './router.js';
import { liveTable, refresher } from './table.js';
import { ago, count, due, hour, millis, percent, spaced } from './words.js';

const EVERY_MS = 30_000;
const RECONCILE_MS = 300_000;
const UNKNOWN_TYPE = 'unknown';

const PERIODS = {
  day: { tab: 'Day', slot: 'hour', before: 'the 24 hours before', label: hour, says: 'The last 24 hours by the hour.' },
  week: { tab: 'Week', slot: 'day', before: 'the 7 days before', label: (iso) => iso.slice(5, 10), says: 'The last 7 days, by days in UTC.' },
};
const CHOSEN = 'custom';
const HOUR_SECONDS = 3600;
const ERROR_LENGTH_MAX = 200;
const FAILURES_MAX = 5_000;
const ENDS = ['completed', 'failed', 'cancelled'];
const COUNTED = [...ENDS, 'timed_out'];

const seconds = (value) => (value === null ? '–' : millis(value * 1000));

function ended(name) {
  return { name, title: `${name[0].toUpperCase()}${spaced(name).slice(1)}`, number: true, of: (row) => row[name], cell: count };
}

/** The value of an input of local time, of an instant. */
function local(iso) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? '' : new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function reportPage(query) {
  let state = {};
  const says = h('p', { class: 'hint' });
  const note = h('p', { class: 'stale-note', hidden: true });
  const tabs = h('nav', { class: 'tabs', 'aria-label': 'Period' });
  const type = filter('type', 'Type');
  const worker = filter('worker', 'Worker');
  const error = filter('error', 'Error');
  const from = moment('from', 'From');
  const to = moment('to', 'to');
  const files = h('p', { class: 'files' });
  const problem = h('p', { class: 'result', role: 'status' });
  const content = h('div', { class: 'whole' }, loading('the report'));
  const counts = h('ul', { class: 'counts ends' });
  const reconcile = reconcilePanel(() => reader.now());
  const slotsTitle = h('h2');
  const slots = stackedBars('ends', ENDS);
  const slotTable = liveTable({
    caption: 'Ended trainings',
    key: (row) => row.from,
    columns: [
      { name: 'from', title: 'From', of: (row) => row.label },
      ...COUNTED.map(ended), { name: 'rate', title: 'Success rate', number: true, of: (row) => row.success_rate, cell: percent },
      { name: 'requests', title: 'Requests', number: true, of: (row) => row.requests, cell: count },
      { name: 'unanswered', title: 'Unanswered', number: true, of: (row) => row.requests - row.answered, cell: count },
      { name: 'average', title: 'Average delay', number: true, of: (row) => row.check_delay_average_ms, cell: millis },
      { name: 'maximum', title: 'Maximum delay', number: true, of: (row) => row.check_delay_max_ms, cell: millis },
    ],
  });
  const requests = stackedBars('requests', ['completed', 'failed']);
  const requestsTitle = h('h2');
  const delays = stackedBars('delays', ['short', 'long']);
  const delaysTitle = h('h2');
  const lengths = lengthBars('durations');
  const lengthState = h('div');
  const typeTable = liveTable({
    caption: 'Ended trainings by type',
    key: (row) => row.training_type,
    columns: [
      { name: 'type', title: 'Type', of: (row) => [row.training_type, state.worker, state.period], cell: ([name]) => (name === '' ? h('span', { title: 'The avatar was deleted or trained anew since.', text: UNKNOWN_TYPE }) : h('a', { href: where({ type: name.toLowerCase() }), title: 'Only this type', text: name.toLowerCase() })) },
      ...COUNTED.map(ended),
      { name: 'rate', title: 'Success rate', number: true, of: (row) => row.success_rate, cell: percent },
      { name: 'median', title: 'Median', number: true, of: (row) => row.median_seconds, cell: seconds },
      { name: 'p95', title: 'p95', number: true, of: (row) => row.p95_seconds, cell: seconds },
    ],
  });
  const errorTable = liveTable({
    caption: 'Failures by error, the most frequent first',
    key: (row) => row.error,
    columns: [
      { name: 'error', title: 'Error', wide: true, of: (row) => [row.error, state], cell: ([text]) => h('a', { href: where({ error: text.slice(0, ERROR_LENGTH_MAX) }), title: 'Only this error', text }) },
      { name: 'count', title: 'Failures', number: true, of: (row) => row.count, cell: count },
      { name: 'share', title: 'Share', number: true, of: (row) => row.share, cell: percent },
      { name: 'last_at', title: 'Last', of: (row) => row.last_at, cell: ago },
    ],
  });
  const errorState = h('div');
  const errorNote = h('p', { class: 'hint' });
  const parts = [
    h('section', { class: 'strip', 'aria-label': 'Summary' }, h('div', {}, h('h2', { text: 'Ended trainings' }), counts), h('div', {}, h('h2', { text: 'Reconcile' }), reconcile.element)),
    h('figure', { class: 'chart' }, h('figcaption', {}, slotsTitle, legend(ENDS)), slots.element, h('details', { class: 'raw' }, h('summary', { text: 'Show as a table' }), slotTable.element)),
    h(
      'div',
      { class: 'columns' },
      h('figure', { class: 'chart' }, h('figcaption', {}, requestsTitle, legend(['completed', 'failed'], ['answered', 'unanswered'])), requests.element),
      h('figure', { class: 'chart' }, h('figcaption', {}, delaysTitle, legend(['short', 'long'], ['average', 'maximum'])), delays.element),
    ),
    h(
      'div',
      { class: 'columns' },
      h('section', { class: 'chart', 'aria-labelledby': 'by-type' }, h('h2', { id: 'by-type', text: 'By type' }), typeTable.element),
      h('figure', { class: 'chart' }, h('figcaption', {}, h('h2', { text: 'Duration of completed trainings' }), legend(['short', 'long'], ['median', 'p95'])), lengthState),
    ),
    h('section', { class: 'chart errors', 'aria-labelledby': 'by-error' }, h('h2', { id: 'by-error', text: 'Failures by error' }), errorState, errorNote),
  ];
  const element = h(
    'div',
    { class: 'page' },
    h('div', { class: 'title' }, h('h1', { tabindex: '-1', text: 'Report' }), h('div', { class: 'search' }, type.element, worker.element)),
    says,
    note,
    tabs,
    h('div', { class: 'search' }, from.element, to.element, error.element),
    h('div', { class: 'whole' }, content, h('div', {}, files, problem)),
  );

  function filter(name, title) {
    const known = h('datalist', { id: `known-${name}` });
    const input = h('input', { id: `of-${name}`, list: `known-${name}`, placeholder: 'all', maxlength: '200', autocomplete: 'off', spellcheck: 'false', on: { change: () => go(where({ [name]: input.value.trim() })) } });
    return {
      element: h('span', {}, h('label', { for: `of-${name}`, text: title }), ' ', input, known),
      input,
      offer: (names) => show(known, names, () => names.map((value) => h('option', { value }))),
    };
  }

  function moment(name, title) {
    const input = h('input', {
      id: `of-${name}`,
      type: 'datetime-local',
      on: {
        change: () => {
          const instant = input.value === '' ? '' : new Date(input.value).toISOString();
          const begins = name === 'from' || state.from !== '';
          // An end alone is kept until there is a beginning.
          if (begins) {
            go(where({ [name]: instant, to: name === 'from' ? ending() : instant }));
          }
        },
      },
    });
    return { element: h('span', {}, h('label', { for: `of-${name}`, text: title }), ' ', input), input };
  }

  function ending() {
    return to.input.value === '' ? '' : new Date(to.input.value).toISOString();
  }

  function where(change) {
    const next = { ...state, ...change };
    const chosen = next.from !== '';
    return address('report', {
      period: chosen || next.period === 'day' || next.period === CHOSEN ? null : next.period,
      from: next.from,
      to: chosen ? next.to : null,
      type: next.type,
      worker: next.worker,
      error: next.error,
    });
  }

  /** Parameters of the API. */
  function asked() {
    return { ...state, period: state.period === CHOSEN ? '' : state.period };
  }

  const reader = refresher(async (signal) => {
    try {
      const report = await get('report', asked(), signal);
      show(content, 'known', () => parts);
      render(report);
    } catch (wrong) {
      if (!signal.aborted && (content.sign !== '"known"' || wrong.status !== 0)) {
        show(content, ['failed', wrong.message], () => failed(wrong, () => reader.now()));
      }
      return false;
    }
  }, EVERY_MS, note);

  async function offerWorkers() {
    try {
      worker.offer((await get('workers')).rows.map((row) => row.instance));
    } catch (silent) {
      // A name can be typed without being offered.
    }
  }

  function render(report) {
    const hourly = report.slot_seconds === HOUR_SECONDS;
    const period = PERIODS[report.period] ?? { ...PERIODS[hourly ? 'day' : 'week'], before: 'the same time before' };
    const { total, before, load } = report;
    show(counts, [total, before, report.period], () => [
      ...COUNTED.filter((name) => name !== 'timed_out' || total[name] > 0).map((name) => fact(count(total[name]), spaced(name), `${count(before[name])} in ${period.before}`)),
      fact(percent(total.success_rate), 'success rate', before.success_rate === null ? `none in ${period.before}` : `${percent(before.success_rate)} in ${period.before}${points(total.success_rate, before.success_rate)}`),
    ]);
    reconcile.render(report);
    say(slotsTitle, `Ended trainings per ${period.slot}`);
    const bars = report.slots.map((slot) => ({ ...slot, label: period.label(slot.from) }));
    slots.render({
      title: `Ended trainings per ${period.slot}`,
      text: `${ENDS.map((name) => `${count(total[name])} ${name}`).join(', ')}. The table below has the same figures.`,
      bars: bars.map((bar) => ({ label: bar.label, hint: `${bar.label}: ${ENDS.map((name) => `${count(bar[name])} ${name}`).join(', ')}`, values: ENDS.map((name) => bar[name]) })),
    });
    slotTable.render(bars);
    say(requestsTitle, `Requests to fal per ${period.slot}`);
    requests.render({
      title: `Requests to fal per ${period.slot}`,
      text: `${count(load.requests)} requests, ${count(load.requests - load.answered)} unanswered. The table above has the same figures.`,
      bars: bars.map((bar) => ({ label: bar.label, hint: `${bar.label}: ${count(bar.answered)} answered, ${count(bar.requests - bar.answered)} unanswered`, values: [bar.answered, bar.requests - bar.answered] })),
    });
    say(delaysTitle, `Check delay per ${period.slot} in ms`);
    delays.render({
      title: `Check delay per ${period.slot} in milliseconds`,
      text: `Average ${millis(load.check_delay_average_ms)}, maximum ${millis(load.check_delay_max_ms)}, ${count(load.late_fires)} of ${count(load.fires)} checks started more than 10 s late. The table above has the same figures.`,
      bars: bars.map((bar) => ({
        label: bar.label,
        hint: bar.fires === 0 ? `${bar.label}: no check` : `${bar.label}: average ${millis(bar.check_delay_average_ms)}, maximum ${millis(bar.check_delay_max_ms)}, ${count(bar.late_fires)} of ${count(bar.fires)} checks more than 10 s late`,
        values: [bar.check_delay_average_ms ?? 0, (bar.check_delay_max_ms ?? 0) - (bar.check_delay_average_ms ?? 0)],
      })),
    });
    typeTable.render(report.types);
    typeTable.element.hidden = report.types.length === 0;
    const timed = report.types.filter((row) => row.median_seconds !== null);
    if (timed.length === 0) {
      show(lengthState, 'none', () => empty('No training completed in this period.'));
    } else {
      show(lengthState, 'rows', () => lengths.element);
      lengths.render({
        title: 'Duration of completed trainings by type',
        text: 'The table of types has the same figures.',
        rows: timed.map((row) => ({ label: row.training_type.toLowerCase() || UNKNOWN_TYPE, short: row.median_seconds, long: row.p95_seconds, figures: `${seconds(row.median_seconds)} / ${seconds(row.p95_seconds)}` })),
      });
    }
    if (report.errors.length === 0) {
      show(errorState, 'none', () => empty('No training failed in this period.'));
    } else {
      show(errorState, 'rows', () => errorTable.element);
      errorTable.render(report.errors.map((row) => ({ ...row, share: row.count / report.failures_read })));
    }
    const cut = report.failures_read === FAILURES_MAX;
    errorNote.hidden = !cut;
    say(errorNote, cut ? `Of the newest ${count(report.failures_read)} failures.` : '');
    if (!state.type) {
      type.offer(report.types.map((row) => row.training_type.toLowerCase()).filter(Boolean));
    }
  }

  function file(format) {
    const wanted = { ...asked(), format };
    const name = `report-${state.period}.${format}`;
    const store = async (event) => {
      if (currentToken() === null) {
        return; // The link does it.
      }
      event.preventDefault();
      try {
        await save('report', wanted, name);
        say(problem, '');
      } catch (wrong) {
        say(problem, `${wrong.title ?? ''} ${wrong.message}`);
      }
    };
    return h('a', { href: url('report', wanted), download: name, text: format.toUpperCase(), on: { click: store } });
  }

  function update(wanted) {
    const text = (name) => (wanted[name] ?? '').trim();
    const chosen = text('from') !== '';
    state = {
      period: chosen ? CHOSEN : Object.hasOwn(PERIODS, wanted.period ?? '') ? wanted.period : 'day',
      from: text('from'),
      to: chosen ? text('to') : '',
      type: text('type'),
      worker: text('worker'),
      error: text('error'),
    };
    type.input.value = state.type;
    worker.input.value = state.worker;
    error.input.value = state.error;
    from.input.value = local(state.from);
    to.input.value = local(state.to);
    say(says, chosen ? 'The chosen time, by the hour up to two days, otherwise by days in UTC.' : PERIODS[state.period].says);
    show(tabs, state, () => Object.entries(PERIODS).map(([name, { tab }]) => h('a', { href: where({ period: name, from: '', to: '' }), 'aria-current': name === state.period ? 'page' : null, text: tab })));
    show(files, state, () => ['Download: ', file('csv'), ' ', file('json')]);
    show(content, ['loading', state], () => loading('the report'));
    reader.now();
  }

  let off = [];
  return {
    title: () => 'Report',
    element,
    start() {
      off = [on('gap', () => reader.now()), on('overview', reconcile.allow)];
      update(query);
      offerWorkers();
    },
    update,
    stop() {
      off.forEach((end) => end());
      reader.stop();
      slots.stop();
      requests.stop();
      delays.stop();
      lengths.stop();
    },
  };
}

function fact(number, label, aside) {
  return h('li', {}, h('div', { class: 'number', text: number }), h('div', { class: 'label', text: label }), h('div', { class: 'aside', text: aside }));
}

/** `, +1.2 points`; nothing when either is not known. */
function points(now, before) {
  if (now === null || before === null) {
    return '';
  }
  const difference = Number((100 * (now - before)).toFixed(1));
  return difference === 0 ? '' : `, ${difference > 0 ? '+' : '−'}${Math.abs(difference)} points`;
}

function legend(classes, names = classes) {
  return h('p', { class: 'legend' }, classes.map((name, i) => h('span', {}, h('i', { class: `block ${name}`, 'aria-hidden': 'true' }), names[i])));
}

function reconcilePanel(done) {
  const last = h('dd');
  const next = h('dd');
  const message = h('p', { class: 'result', role: 'status' });
  const why = h('p', { class: 'hint', id: 'why-no-reconcile', hidden: true });
  const button = h('button', { type: 'button', text: 'Reconcile now', 'aria-describedby': 'why-no-reconcile', disabled: true, on: { click: act } });
  let busy = false;

  async function act() {
    busy = true;
    allow();
    message.className = 'result';
    say(message, 'Reconciling…');
    try {
      const answer = await post('reconcile', RECONCILE_MS);
      message.className = answer.done ? 'result ok' : 'result warn';
      show(message, [answer, Date.now()], () => [icon(answer.done ? 'ok' : 'warn'), answer.message]);
    } catch (problem) {
      message.className = 'result bad';
      show(message, [problem.message, Date.now()], () => [icon('bad'), `${problem.title ?? ''} ${problem.message}`]);
    }
    busy = false;
    allow();
    button.focus({ preventScroll: true });
    done();
  }

  function allow() {
    const reason = actionsOff();
    say(why, reason);
    why.hidden = reason === '';
    button.disabled = reason !== '' || live.overview === null || busy;
  }

  return {
    element: h('div', { class: 'reconcile' }, h('dl', { class: 'facts' }, h('div', {}, h('dt', { text: 'last' }), last), h('div', {}, h('dt', { text: 'next' }), next)), button, why, message),
    render(report) {
      show(last, report.last_reconcile_at, (at) => (at ? ago(at) : 'none yet'));
      show(next, report.next_reconcile_at, (at) => (at ? due(at) : 'not scheduled'));
      allow();
    },
    allow,
  };
}
