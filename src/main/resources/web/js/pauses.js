// Pauses of polling by operators: which are in effect, begin one, end one.
import { post } from './api.js';
import { h, icon, say, show } from './dom.js';
import { live } from './live.js';
import { actionsOff } from './parts.js';
import { at, dash, due } from './words.js';

export function pausePanel() {
  const none = h('span', { class: 'hint', text: 'Loading…' });
  const list = h('ul', { class: 'pauses', hidden: true });
  const why = h('p', { class: 'hint', id: 'pause-off', hidden: true });
  const message = h('p', { class: 'result', role: 'status' });
  const begin = h('button', { type: 'button', text: 'Pause polling…', disabled: true, 'aria-describedby': 'pause-off', on: { click: ask } });
  const element = h('section', { class: 'polling', 'aria-labelledby': 'polling-title' }, h('div', { class: 'title' }, h('h2', { id: 'polling-title', text: 'Polling' }), none, begin), list, why, message);
  let busy = false;

  function render() {
    const pauses = live.overview?.polling_pauses ?? [];
    const reason = actionsOff();
    const able = reason === '' && live.overview !== null && !busy;
    say(why, reason);
    why.hidden = reason === '';
    begin.disabled = !able;
    say(none, live.overview === null ? 'Loading…' : pauses.length === 0 ? 'Not paused by an operator.' : '');
    list.hidden = pauses.length === 0;
    show(list, [pauses, able], () => pauses.map((pause) => line(pause, able)));
  }

  function line(pause, able) {
    const type = pause.training_type;
    return h(
      'li',
      {},
      h('span', { class: 'mark warn' }, icon('warn'), type ? `${type} trainings paused` : 'All trainings paused'),
      h('span', {}, pause.reason ?? dash()),
      h('span', { class: 'aside' }, `by ${pause.actor}, since `, at(pause.since), pause.until ? ', ends ' : ', until it is resumed', pause.until ? due(pause.until) : null),
      h('button', { type: 'button', text: type ? `Resume ${type}` : 'Resume all', disabled: !able, on: { click: () => act('resume', type ? { type } : {}) } }),
    );
  }

  function ask() {
    const dialog = document.getElementById('pause');
    const form = document.getElementById('pause-form');
    const [type, reason, length] = ['type', 'reason', 'length'].map((name) => document.getElementById(`pause-${name}`));
    form.reset();
    document.getElementById('pause-cancel').onclick = () => dialog.close('');
    form.onsubmit = () => {
      dialog.returnValue = 'pause';
    };
    dialog.returnValue = '';
    dialog.onclose = () => {
      if (dialog.returnValue === 'pause') {
        act('pause', { type: type.value.trim() || null, reason: reason.value.trim() || null, for_seconds: length.value === '' ? null : Number(length.value) });
      }
      dialog.returnValue = '';
      begin.focus({ preventScroll: true });
    };
    dialog.showModal();
    reason.focus();
  }

  async function act(action, body) {
    busy = true;
    render();
    try {
      const answer = await post(action, undefined, body);
      message.className = answer.done ? 'result ok' : 'result warn';
      show(message, [answer, Date.now()], () => [icon(answer.done ? 'ok' : 'warn'), answer.message]);
    } catch (problem) {
      message.className = 'result bad';
      show(message, [problem.message, Date.now()], () => [icon('bad'), `${problem.title ?? ''} ${problem.message}`]);
    }
    busy = false;
    render();
  }

  return { element, render };
}
