// What happened, newest first, and what happens.
import { get } from './api.js';
import { empty, failed, h, loading, say, show } from './dom.js';
import { on } from './live.js';
import { eventTable, staleNote } from './parts.js';
import { address, go } from './router.js';
import { EVENT_TYPES, spaced } from './words.js';

const LIMIT = 100;

export function eventsPage(query) {
  let state = {};
  let rows = [];
  let more = false;
  /** Whether the rows shown could not be read again after a gap. */
  let missed = false;
  const table = eventTable('Events, newest first');
  const content = h('div', {}, loading('events'));
  const says = h('p', { class: 'hint' });
  const note = staleNote();
  const filter = h('select', { id: 'type', on: { change: () => go(address('events', { type: filter.value })) } }, h('option', { value: '', text: 'all types' }), EVENT_TYPES.map((type) => h('option', { value: type, text: spaced(type) })));
  const newest = h('a', { class: 'button', text: 'Newest' });
  const older = h('a', { class: 'button', text: 'Older', rel: 'next' });
  const pager = h('nav', { class: 'pager', 'aria-label': 'Pages of the list' }, newest, older);
  const element = h('div', { class: 'page' }, h('div', { class: 'title' }, h('h1', { tabindex: '-1', text: 'Events' }), h('div', { class: 'search' }, h('label', { for: 'type', text: 'Type' }), ' ', filter)), says, note.element, content, pager);

  function render() {
    if (rows.length === 0) {
      show(content, ['none', state.type], () => empty(state.type ? `No event of the type “${spaced(state.type)}”.` : 'No event.'));
    } else {
      show(content, 'rows', () => table.element);
      table.render(rows);
    }
    newest.hidden = state.before === null;
    newest.setAttribute('href', address('events', { type: state.type }));
    older.hidden = !more;
    if (more) {
      older.setAttribute('href', address('events', { type: state.type, before: rows.at(-1).id }));
    }
    pager.hidden = newest.hidden && older.hidden;
  }

  async function read() {
    const asked = state;
    try {
      const answer = await get('events', { limit: LIMIT, type: asked.type, before: asked.before });
      if (asked === state) {
        // An event may have arrived while the answer was on its way.
        const later = asked.before === null ? rows.filter((row) => row.id > (answer.rows[0]?.id ?? 0) && (asked.type === null || row.type === asked.type)) : [];
        rows = [...later, ...answer.rows].slice(0, LIMIT);
        more = answer.more;
        missed = false;
        render();
      }
    } catch (problem) {
      missed ||= asked === state;
      if (asked === state && (content.sign !== '"rows"' || problem.status !== 0)) {
        show(content, ['failed', problem.message], () => failed(problem, read));
      }
    }
  }

  function readMissed() {
    if (missed) {
      missed = false; // One attempt at a time.
      read();
    }
  }

  function happened(event) {
    if (state.before === null && (state.type === null || state.type === event.type) && !rows.some((row) => row.id === event.id)) {
      more = more || rows.length >= LIMIT;
      const known = rows.find((row) => row.avatar_id === event.avatar_id && row.name);
      rows = [{ ...event, name: event.name ?? known?.name ?? null }, ...rows].sort((a, b) => b.id - a.id).slice(0, LIMIT);
      render();
    }
  }

  function update(wanted) {
    const before = Number.parseInt(wanted.before ?? '', 10);
    state = { type: EVENT_TYPES.includes(wanted.type) ? wanted.type : null, before: Number.isSafeInteger(before) ? before : null };
    filter.value = state.type ?? '';
    say(says, state.before === null ? 'Each loss, repair and refusal writes an event. New events appear automatically.' : 'Older events. This page is not updated.');
    read();
  }

  let off = [];
  return {
    title: () => 'Events',
    element,
    start() {
      off = [on('event', happened), on('gap', read), on('overview', readMissed)];
      update(query);
    },
    update,
    stop() {
      off.forEach((end) => end());
      note.stop();
    },
  };
}
