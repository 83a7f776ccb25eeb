// Actions on the avatars whose check boxes are set.
import { post } from './api.js';
import { confirm } from './confirm.js';
import { h, icon, say, show } from './dom.js';
import { live } from './live.js';
import { actionsOff } from './parts.js';
import { count, many } from './words.js';

const ACTIONS = {
  check: ['Check', 'Their checks become due now, also during a backoff, within the rate limit of fal.'],
  monitor: ['Monitor', 'Those that may be monitored get a trigger.'],
  unmonitor: ['Stop monitoring', 'The avatars are not changed. Those in TRAINING are scheduled again by the next reconcile run.'],
};
const REASONS_MAX = 3;
const RETRY_MS = 2_000;
const RETRIES_MAX = 5;

/**
 * @param changed called when check boxes must be drawn again
 * @param done called when an action has ended
 */
export function bulkBar(changed, done) {
  const picked = new Set();
  let shown = [];
  let running = false;
  let stopping = false;
  const all = h('input', { type: 'checkbox', id: 'pick-all', on: { change: () => pickAll(all.checked) } });
  const number = h('span', { class: 'aside', role: 'status' });
  const why = h('p', { class: 'hint', id: 'bulk-off', hidden: true });
  const message = h('p', { class: 'result', role: 'status' });
  const buttons = Object.entries(ACTIONS).map(([action, [text]]) => h('button', { type: 'button', text, disabled: true, 'aria-describedby': 'bulk-off', on: { click: (event) => act(action, event.currentTarget) } }));
  const stop = h('button', { type: 'button', text: 'Stop', hidden: true, on: { click: () => (stopping = true) } });
  const element = h(
    'div',
    { class: 'bulk', role: 'group', 'aria-label': 'Actions on selected avatars', hidden: true },
    h('label', { class: 'check' }, all, ' Select all shown'),
    number,
    h('div', { class: 'choices' }, buttons, stop),
    why,
    message,
  );

  function pickAll(wanted) {
    shown.forEach((id) => (wanted ? picked.add(id) : picked.delete(id)));
    changed();
    allow();
  }

  function allow() {
    const reason = actionsOff();
    say(why, reason);
    why.hidden = reason === '';
    const able = reason === '' && live.overview !== null && !running && picked.size > 0;
    buttons.forEach((button) => (button.disabled = !able));
    stop.hidden = !running;
    all.checked = picked.size > 0 && shown.every((id) => picked.has(id));
    all.indeterminate = picked.size > 0 && !all.checked;
    say(number, picked.size === 0 ? '' : `${count(picked.size)} selected`);
  }

  async function act(action, from) {
    const [text, effect] = ACTIONS[action];
    let left = [...picked];
    running = true;
    stopping = false;
    allow();
    const outcomes = new Map();
    const reasons = new Map();
    let acted = 0;
    let whole = 0;
    try {
      const { matched } = await post(`bulk/${action}`, undefined, { ids: left, dry_run: true });
      whole = matched;
      if (!(await confirm(`${text}: ${many(matched, 'avatar')}?`, effect, `${text} ${many(matched, 'avatar')}`, 'Cancel'))) {
        return;
      }
      while (left.length > 0 && !stopping) {
        message.className = 'result';
        say(message, `${text}: ${count(acted)} of ${count(whole)}…`);
        const answer = await repeated(() => post(`bulk/${action}`, undefined, { ids: left }));
        acted += answer.done + answer.not_done;
        Object.entries(answer.outcomes).forEach(([outcome, n]) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + n));
        answer.rows.forEach((row) => reasons.set(row.reason ?? row.outcome, true));
        left = answer.next === null ? [] : left.slice(left.indexOf(answer.next) + 1);
      }
      told(text, acted, whole, outcomes, reasons);
      picked.clear();
      left.forEach((id) => picked.add(id));
    } catch (problem) {
      message.className = 'result bad';
      show(message, [problem.message, Date.now()], () => [icon('bad'), `${problem.title ?? ''} ${problem.message}${acted > 0 ? ` ${count(acted)} of ${count(whole)} were done.` : ''}`]);
    } finally {
      running = false;
      changed();
      allow();
      (from.disabled ? all : from).focus({ preventScroll: true });
      done();
    }
  }

  /** Another person's action may be under way on the same worker. */
  async function repeated(call) {
    for (let tried = 1; ; tried++) {
      try {
        return await call();
      } catch (problem) {
        if (problem.status !== 503 || tried === RETRIES_MAX) {
          throw problem;
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  function told(text, acted, whole, outcomes, reasons) {
    const level = acted < whole || reasons.size > 0 ? 'warn' : 'ok';
    const counts = [...outcomes].map(([outcome, n]) => `${count(n)} ${outcome === 'due' ? 'due for a check now' : outcome.replaceAll('_', ' ')}`).join(', ');
    const why = [...reasons.keys()].slice(0, REASONS_MAX).join('; ');
    message.className = `result ${level}`;
    show(message, [counts, why, Date.now()], () => [icon(level), `${acted < whole ? `Stopped after ${count(acted)} of ${count(whole)}. ` : ''}${text}: ${counts || 'nothing to do'}${why ? ` (${why})` : ''}.`]);
  }

  return {
    element,
    column: {
      name: 'pick',
      title: 'Select',
      pick: true,
      of: (row) => (row.avatar_id ? [row.avatar_id, row.name] : null),
      cell: (value) =>
        value === null
          ? null
          : h('label', { class: 'check' }, box(value), h('span', { class: 'unseen', text: `Select ${value[1] ?? value[0]}` })),
    },
    /** Tells which avatars are shown; the ones that no longer are lose their check. */
    show(ids) {
      shown = ids;
      if (!running) {
        [...picked].filter((id) => !ids.includes(id)).forEach((id) => picked.delete(id));
      }
      element.hidden = ids.length === 0 && message.textContent === '';
      allow();
    },
    clear() {
      picked.clear();
      say(message, '');
      message.sign = undefined;
      allow();
    },
    /** Sets the check boxes of a table that has been drawn. */
    sync(table) {
      table.querySelectorAll('input[data-pick]').forEach((box) => (box.checked = picked.has(box.dataset.pick)));
    },
    allow,
  };

  /** Its check is set by sync: a box that is built anew would lose the focus. */
  function box([id]) {
    return h('input', { type: 'checkbox', data: { pick: id }, on: { change: (event) => pick(id, event.currentTarget.checked) } });
  }

  function pick(id, wanted) {
    if (wanted) {
      picked.add(id);
    } else {
      picked.delete(id);
    }
    allow();
  }
}
