// One avatar: everything that `avatar-monitor show` tells, its time line, its checks, and what can be done.
import { get, post } from './api.js';
import { confirm } from './confirm.js';
import { failed, h, icon, loading, patch, say, selected, show } from './dom.js';
import { live, on } from './live.js';
import { actionsOff, eventMark, factList } from './parts.js';
import { askSettings } from './settings.js';
import { liveTable, refresher } from './table.js';
import { ago, at, count, dash, due, millis, spaced } from './words.js';

const CHECKS_AT_FIRST = 15;
/** The server waits for fal's answers to several requests, each for up to fal.timeout. */
const ACTION_MS = 180_000;
const OUTCOMES = { waiting: 'fal could not be asked', overtaken: 'the avatar changed meanwhile', write_refused: 'the database refused the end' };

export function avatarPage(id) {
  const heading = h('h1', { tabindex: '-1' }, 'Avatar');
  const status = h('p', { class: 'status' });
  const note = h('p', { class: 'stale-note', hidden: true });
  const whole = h('div', { class: 'whole' }, loading('the avatar'));
  const words = h('dl', { class: 'words' });
  const line = h('ol', { class: 'line' });
  const checks = liveTable({
    caption: 'Checks of this avatar, newest first',
    key: (row) => `${row.at}/${row.worker}`,
    columns: [
      { name: 'at', title: 'Time', of: (row) => row.at, cell: at },
      { name: 'outcome', title: 'Outcome', of: (row) => row.outcome, cell: (word) => OUTCOMES[word] ?? spaced(word ?? '') },
      { name: 'fal_status', title: 'At fal', of: (row) => [row.fal_status, row.queue_position, row.progress], cell: fal },
      { name: 'took_ms', title: 'Took', number: true, of: (row) => row.took_ms ?? null, cell: (took) => (took === null ? '' : millis(took)) },
      { name: 'error', title: 'Error', wide: true, of: (row) => row.error },
      { name: 'worker', title: 'Worker', of: (row) => row.worker },
    ],
  });
  const checkState = h('div');
  let every = false;
  let record = [];
  const all = h('button', { type: 'button', class: 'more', hidden: true, on: { click: () => ((every = !every), renderChecks()) } });
  const raw = h('pre', { tabindex: '0', 'aria-label': 'Raw answer of fal' });
  const answered = h('details', { class: 'raw' }, h('summary', { text: 'Raw answer of fal' }), raw);
  const actions = actionBar(id, () => reader.now());
  const parts = [
    h('div', { class: 'columns avatar-columns' }, h('section', { 'aria-labelledby': 'known' }, h('h2', { id: 'known', text: 'Summary' }), words), h('section', { 'aria-labelledby': 'happened' }, h('h2', { id: 'happened', text: 'Time line' }), line)),
    answered,
    h('section', { 'aria-labelledby': 'asked' }, h('h2', { id: 'asked', text: 'Checks' }), h('p', { class: 'hint', text: 'Checks with a new status, and failed checks.' }), checkState, all),
  ];
  const element = h('div', { class: 'page' }, h('div', { class: 'title' }, h('div', {}, h('p', { class: 'crumb' }, h('a', { href: '#/avatars', text: 'Avatars' })), heading, status, note), actions.element), whole);
  let name = null;

  const reader = refresher(async (signal) => {
    try {
      const dossier = await get(`avatars/${encodeURIComponent(id)}`, {}, signal);
      show(whole, 'known', () => parts);
      render(dossier);
    } catch (problem) {
      if (!signal.aborted && (whole.sign !== '"known"' || problem.status !== 0)) {
        actions.element.hidden = problem.status === 404;
        show(whole, ['failed', problem.message], () => failed(problem, () => reader.now()));
      }
      return false;
    }
  }, 4_000, note);

  function render(dossier) {
    const avatar = dossier.avatar ?? {};
    name = avatar.name ?? null;
    say(heading, name ?? id);
    actions.element.hidden = false;
    actions.render(dossier);
    const state = stateOf(dossier);
    show(status, state, () => [h('span', { class: `mark ${state[0]}` }, icon(state[0]), state[1]), state[2] ? [' · next check ', due(state[2])] : null].flat());
    if (!selected(words)) {
      patch(words, dossier.words, (row) => row.name, (row) => h('div', {}, h('dt', { text: row.name }), h('dd')), (entry, row) => say(entry.lastChild, row.text));
    }
    timeLine(dossier);
    record = dossier.checks;
    renderChecks();
    const response = avatar.fal_response_data ?? null;
    answered.hidden = response === null;
    if (response !== null && !selected(raw)) {
      say(raw, pretty(response));
    }
  }

  function renderChecks() {
    if (record.length === 0) {
      show(checkState, 'none', () => h('p', { class: 'state', text: 'No checks are recorded.' }));
    } else {
      show(checkState, 'rows', () => checks.element);
      checks.render(every ? record : record.slice(0, CHECKS_AT_FIRST));
    }
    all.hidden = record.length <= CHECKS_AT_FIRST;
    say(all, every ? `Only the newest ${CHECKS_AT_FIRST}` : `All ${record.length} on record`);
  }

  function timeLine(dossier) {
    const started = dossier.avatar?.training_started_at;
    const steps = [
      ...(started ? [{ id: 'start', at: started, words: 'training started', detail: {} }] : []),
      ...dossier.events,
    ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || 0);
    patch(
      line,
      [...steps, { id: 'now' }],
      (step) => step.id,
      () => h('li'),
      (item, step) => {
        if (step.id === 'now') {
          item.className = 'now';
          const state = stateOf(dossier);
          show(item, state, () => [h('span', { class: 'when', text: 'now' }), h('span', { class: `mark ${state[0]}` }, icon(state[0]), state[1])]);
        } else {
          show(item, [step.at, step.type, step.detail, step.worker], () => [
            h('span', { class: 'when' }, at(step.at)),
            step.words ? h('span', { class: 'mark none' }, icon('none'), step.words) : eventMark(step.type),
            factList(step.detail),
            step.worker ? h('span', { class: 'aside', text: step.worker }) : null,
          ]);
        }
      },
    );
  }

  let off = [];
  return {
    title: () => name ?? id,
    element,
    start() {
      off = [
        on('event', (event) => event.avatar_id === id && reader.soon()),
        on('gap', () => reader.now()),
        on('overview', () => actions.allow()),
      ];
      reader.now();
    },
    update() {},
    stop() {
      off.forEach((end) => end());
      reader.stop();
    },
  };
}

/** Level, words and next check. */
function stateOf({ avatar, trigger, unwatched }) {
  if (unwatched?.why) {
    return unwatched.state === 'invalid'
      ? ['warn', `invalid: ${unwatched.why}`, null]
      : ['bad', `not monitored: ${unwatched.why}`, null];
  }
  if (trigger && Object.keys(trigger).length > 0) {
    return trigger.problem ? ['bad', `stuck: ${trigger.problem}`, null] : ['ok', `monitored, ${trigger.state}`, trigger.next_check_at ?? null];
  }
  const status = String(avatar?.status ?? 'gone').toLowerCase();
  return [status === 'completed' ? 'ok' : status === 'error' ? 'bad' : 'none', avatar?.status ? `${avatar.status}, not to be monitored` : 'gone', null];
}

function fal([status, before, progress]) {
  const aside = [before === null || before === undefined ? null : `${count(before)} before it`, progress === null || progress === undefined ? null : `${progress} %`].filter(Boolean).join(', ');
  return [status ?? dash(), aside === '' ? null : h('span', { class: 'aside', text: ` ${aside}` })];
}

function pretty(value) {
  try {
    return JSON.stringify(typeof value === 'string' ? JSON.parse(value) : value, null, 2);
  } catch (noJson) {
    return String(value);
  }
}

function actionBar(id, done) {
  const message = h('p', { class: 'result', role: 'status' });
  const why = h('p', { class: 'hint', id: 'why-not', hidden: true });
  let busy = false;
  let dossier = null;
  const button = (text, action, ask) => h('button', { type: 'button', text, 'aria-describedby': 'why-not', disabled: true, on: { click: (event) => act(event.currentTarget, text, action, ask) } });
  const watch = button('Monitor', 'monitor');
  const unwatch = button('Stop monitoring', 'unmonitor', confirmUnwatch);
  const check = button('Check now', 'check');
  const settings = button('Settings…', 'monitor', () => askSettings(dossier.words.find(({ name }) => name === 'settings')?.text));
  const cancel = button('Cancel at fal', 'cancel', confirmCancel);
  const buttons = [check, watch, settings, unwatch, cancel];

  async function act(from, text, action, ask) {
    const wanted = ask ? await ask() : true;
    if (!wanted) {
      return;
    }
    busy = true;
    allow();
    from.setAttribute('aria-busy', 'true');
    message.className = 'result';
    say(message, `${text.replace('…', '')}…`);
    try {
      const answer = await post(`avatars/${encodeURIComponent(id)}/${action}`, ACTION_MS, wanted === true ? null : wanted);
      message.className = answer.done ? 'result ok' : 'result warn';
      show(message, [answer, Date.now()], () => [icon(answer.done ? 'ok' : 'warn'), answer.message]);
    } catch (problem) {
      message.className = 'result bad';
      show(message, [problem.message, Date.now()], () => [icon('bad'), `${problem.title ?? ''} ${problem.message}`]);
    }
    from.removeAttribute('aria-busy');
    busy = false;
    allow();
    from.focus({ preventScroll: true });
    done();
  }

  function allow() {
    const reason = actionsOff();
    say(why, reason);
    why.hidden = reason === '';
    const able = reason === '' && live.overview !== null && dossier !== null && !busy;
    const triggered = dossier?.trigger !== null && Object.keys(dossier?.trigger ?? {}).length > 0;
    check.disabled = !able;
    watch.disabled = !able || (triggered && !dossier.trigger.problem);
    unwatch.disabled = !able || !triggered;
    const training = String(dossier?.avatar?.status ?? '').toLowerCase() === 'training';
    settings.disabled = !able || !training;
    cancel.disabled = !able || !training;
  }

  return {
    element: h('div', { class: 'actions' }, h('div', { class: 'choices' }, buttons), why, message),
    render(known) {
      dossier = known;
      allow();
    },
    allow,
  };
}

function confirmUnwatch() {
  return confirm(
    'Stop monitoring?',
    'The avatar is not changed. If it is still in TRAINING, the next reconcile run schedules it again. To stop permanently, give it another status.',
    'Stop monitoring',
  );
}

function confirmCancel() {
  return confirm(
    'Cancel the training at fal?',
    'fal is asked to cancel it. The avatar stays monitored until fal says that it has ended, and becomes CANCELLED; a training that has completed before is stored.',
    'Cancel at fal',
  );
}
