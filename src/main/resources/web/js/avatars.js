// The trainings, one list for each question that `avatar-monitor list` answers.
import { get } from './api.js';
import { bulkBar } from './bulk.js';
import { empty, failed, h, loading, say, show } from './dom.js';
import { live, on } from './live.js';
import { avatarLink } from './parts.js';
import { address, go, route } from './router.js';
import { liveTable, refresher } from './table.js';
import { ago, count, dash, due, length, many, spaced } from './words.js';

const LIMIT = 50;
const TYPING_MS = 250;

/** The address of the list that is shown, with another filter. */
function filtered(change) {
  const { state, q, type, worker } = route().query;
  return address('avatars', { state, q, type, worker, ...change });
}

const avatar = { name: 'name', title: 'Avatar', of: (row) => [row.avatar_id, row.name], cell: ([id, name]) => avatarLink(id, name) };
const type = { name: 'training_type', title: 'Type', of: (row) => row.training_type?.toLowerCase(), cell: (text) => (text ? h('a', { href: filtered({ type: text }), title: 'Only this type', text }) : '') };
const time = (name, title, sort = true) => ({ name, title, sort, of: (row) => row[name], cell: ago });
const text = (name, title, sort = true) => ({ name, title, sort, of: (row) => row[name] });
const number = (name, title) => ({ name, title, sort: true, number: true, of: (row) => row[name], cell: count });
const lastError = { name: 'last_error', title: 'Last error', wide: true, of: (row) => row.last_error };
const late = { name: 'seconds_late', title: 'Delay', sort: true, number: true, of: (row) => row.seconds_late, cell: (seconds) => (seconds > 0 ? length(seconds * 1000) : dash()) };
const atFal = {
  name: 'fal_status',
  title: 'At fal',
  sort: true,
  of: (row) => [row.fal_status, row.queue_position],
  cell: ([status, before]) => [status ?? dash(), before === null || before === undefined ? null : h('span', { class: 'aside', text: ` ${before} before it` })],
};
const trigger = { name: 'trigger_state', title: 'Trigger', sort: true, of: (row) => row.trigger_state };
const failures = { name: 'failures_in_row', title: 'Failures in a row', sort: true, number: true, of: (row) => row.failures_in_row, cell: count };
const next = { name: 'next_check_at', title: 'Next check', sort: true, of: (row) => row.next_check_at, cell: due };
const worker = { name: 'worker', title: 'Worker', sort: true, of: (row) => row.worker, cell: (id) => (id ? h('a', { href: filtered({ worker: id }), title: 'Only this worker', text: id }) : dash()) };
const started = time('training_started_at', 'Started');

const WATCHED = [avatar, type, atFal, trigger, next, time('last_check_at', 'Last check'), time('window_ends_at', 'Window ends'), number('checks', 'Checks')];

const LISTS = {
  watched: {
    tab: 'Monitored',
    none: 'No training is monitored.',
    says: 'Trainings that have a live trigger.',
    columns: [...WATCHED, lastError, worker],
    first: ['next_check_at', 'asc'],
  },
  late: {
    tab: 'Late',
    none: 'No check is late.',
    says: 'Monitored trainings without an answer of fal for more than an interval and a minute.',
    columns: [avatar, type, late, atFal, trigger, next, time('last_check_at', 'Last check'), lastError, worker],
    first: ['seconds_late', 'desc'],
  },
  failing: {
    tab: 'Failing',
    none: 'No check fails.',
    says: 'Monitored trainings whose last check failed.',
    columns: [avatar, type, failures, lastError, atFal, time('last_check_at', 'Last check'), next, worker],
    first: ['failures_in_row', 'desc'],
  },
  unmonitored: {
    tab: 'Not monitored',
    none: 'Every training is monitored.',
    says: 'Trainings without a live trigger, with the reason. Stalled and invalid trainings have separate lists.',
    columns: [avatar, type, { ...text('why', 'Why'), wide: true }, started, { name: 'last_outcome', title: 'Last outcome', sort: true, of: (row) => row.last_outcome, cell: (word) => (word ? spaced(word) : dash()) }, time('last_watch_ended_at', 'Monitoring ended'), lastError],
    first: ['training_started_at', 'desc'],
  },
  invalid: {
    tab: 'Invalid',
    none: 'No training is invalid.',
    says: 'Trainings that cannot be monitored until the application corrects their rows.',
    columns: [avatar, type, { ...text('why', 'Why'), wide: true }, text('fal_request_id', 'Request', false), started],
    first: ['training_started_at', 'desc'],
  },
  stalled: {
    tab: 'Stalled',
    none: 'No training is stalled.',
    says: 'Trainings older than monitor.max-age, which are no longer checked.',
    columns: [avatar, type, started, time('stalled_at', 'Stalled'), atFal, time('last_check_at', 'Last check'), number('rounds', 'Rounds'), number('checks', 'Checks'), lastError],
    first: ['stalled_at', 'desc'],
  },
  stuck: {
    tab: 'Stuck',
    none: 'No trigger is stuck.',
    says: 'Triggers that will not fire without a repair.',
    columns: [
      { name: 'trigger_name', title: 'Trigger', sort: true, of: (row) => [row.avatar_id, row.name, row.trigger_name], cell: ([id, name, own]) => (id ? avatarLink(id, name) : h('span', { class: 'name', text: own ?? 'the whole group' })) },
      text('trigger_group', 'Group'),
      { ...text('problem', 'Problem'), wide: true },
      trigger,
      next,
      time('window_ends_at', 'Window ends'),
      worker,
    ],
    first: ['trigger_name', 'asc'],
  },
  ended: {
    tab: 'Ended',
    none: 'No monitoring has ended yet.',
    says: 'Trainings whose monitoring has ended, with the outcome.',
    columns: [avatar, type, { name: 'outcome', title: 'Outcome', sort: true, of: (row) => row.outcome, cell: (word) => (word ? spaced(word) : dash()) }, text('status', 'Status', false), time('ended_at', 'Ended'), time('watched_since', 'Monitored since'), number('checks', 'Checks'), { name: 'training_error', title: 'Error', wide: true, of: (row) => row.training_error ?? row.last_error }],
    first: ['ended_at', 'desc'],
  },
};

export function avatarsPage(query) {
  let state = {};
  let table = null;
  let answer = null;
  const heading = h('h1', { tabindex: '-1' }, 'Avatars');
  const tabs = h('nav', { class: 'tabs', 'aria-label': 'Lists' });
  const search = h('input', {
    type: 'search', id: 'search', placeholder: 'Name, avatar id or request id', 'aria-label': 'Search by part of the name, or by prefix of the avatar id or request id', 'aria-keyshortcuts': '/', autocomplete: 'off', spellcheck: 'false', maxlength: '100',
  });
  const filters = h('p', { class: 'hint filters', hidden: true });
  const says = h('p', { class: 'hint' });
  const result = h('p', { class: 'unseen', role: 'status' });
  const content = h('div', { class: 'content' });
  const note = h('p', { class: 'stale-note', hidden: true });
  const range = h('span');
  const before = h('a', { class: 'button', text: 'Previous', rel: 'prev' });
  const after = h('a', { class: 'button', text: 'Next', rel: 'next' });
  const pager = h('nav', { class: 'pager', 'aria-label': 'Pages of the list', hidden: true }, range, before, after);
  const bulk = bulkBar(() => answer !== null && render(), () => reader.now());
  const element = h('div', { class: 'page' }, h('div', { class: 'title' }, heading, h('div', { class: 'search' }, search)), tabs, filters, says, note, bulk.element, content, pager, result);

  const links = Object.entries(LISTS).map(([name, list]) => {
    const number = h('span', { class: 'badge' });
    const link = h('a', { data: { state: name } }, list.tab, ' ', number);
    tabs.append(link);
    return { name, link, number };
  });

  function where(changes) {
    return address('avatars', { state: state.name === 'watched' ? null : state.name, q: state.q, type: state.type, worker: state.worker, sort: state.chosen ? state.sort : null, order: state.chosen ? state.order : null, offset: state.offset, ...changes });
  }

  function counts() {
    links.forEach(({ name, link, number }) => {
      link.setAttribute('href', address('avatars', { state: name === 'watched' ? null : name, q: state.q, type: state.type, worker: state.worker }));
      link.toggleAttribute('aria-current', name === state.name);
      if (name === state.name) {
        link.setAttribute('aria-current', 'page');
      }
      const n = live.overview?.counts[name];
      say(number, n === undefined ? '' : count(n));
      link.classList.toggle('zero', n === 0);
    });
  }

  const reader = refresher(async (signal) => {
    const asked = state;
    try {
      const got = await get('avatars', { state: asked.name, q: asked.q, type: asked.type, worker: asked.worker, sort: asked.sort, order: asked.order, limit: LIMIT, offset: asked.offset }, signal);
      if (asked === state) {
        answer = got;
        render();
      }
    } catch (problem) {
      if (!signal.aborted && (answer === null || problem.status !== 0)) {
        show(content, ['failed', problem.message], () => failed(problem, () => reader.now()));
        content.removeAttribute('aria-busy');
      }
      return false;
    }
  }, 3_000, note);

  function render() {
    content.removeAttribute('aria-busy');
    const { rows, offset, more, total } = answer;
    bulk.show(rows.map((row) => row.avatar_id).filter(Boolean));
    if (rows.length === 0) {
      show(content, ['none', state.q, state.type, state.worker, offset], () =>
        state.type || state.worker
          ? empty('No row matches the filter.')
          : state.q
          ? empty(`No row matches “${state.q}”. `, h('a', { href: where({ q: null, offset: 0 }), text: 'Clear the search' }))
          : offset > 0
            ? empty('This page no longer exists. ', h('a', { href: where({ offset: 0 }), text: 'To the first page' }))
            : empty(LISTS[state.name].none),
      );
    } else {
      show(content, ['rows', state.name], () => table.element);
      table.render(rows);
      bulk.sync(table.element);
    }
    pager.hidden = rows.length === 0 || (offset === 0 && !more);
    const last = offset + rows.length;
    say(range, `${count(offset + 1)} to ${count(last)}${total === null ? (more ? ', there are more' : '') : ` of ${count(total)}`}`);
    step(before, offset > 0, Math.max(0, offset - LIMIT));
    step(after, more, offset + LIMIT);
    if (state.spoken !== `${state.q}|${total}`) {
      state.spoken = `${state.q}|${total}`;
      say(result, state.q ? (total === null ? `${rows.length} found` : `${many(total, 'avatar')} found`) : '');
    }
  }

  function step(link, possible, offset) {
    if (possible) {
      link.setAttribute('href', where({ offset }));
      link.removeAttribute('aria-disabled');
    } else {
      link.removeAttribute('href');
      link.setAttribute('aria-disabled', 'true');
    }
  }

  function update(wanted) {
    const asked = wanted.state === 'unwatched' ? 'unmonitored' : (wanted.state ?? ''); // A bookmark of an earlier version.
    const name = Object.hasOwn(LISTS, asked) ? asked : 'watched';
    const list = LISTS[name];
    const chosen = list.columns.some((column) => column.sort && column.name === wanted.sort);
    const offset = Number.parseInt(wanted.offset ?? '0', 10);
    const newList = name !== state.name || (wanted.type ?? '').trim() !== state.type || (wanted.worker ?? '').trim() !== state.worker;
    state = {
      name,
      q: (wanted.q ?? '').trim(),
      type: (wanted.type ?? '').trim(),
      worker: (wanted.worker ?? '').trim(),
      chosen,
      sort: chosen ? wanted.sort : list.first[0],
      order: chosen ? (wanted.order === 'desc' ? 'desc' : 'asc') : list.first[1],
      offset: offset > 0 ? offset : 0,
    };
    if (document.activeElement !== search) {
      search.value = state.q;
    }
    if (newList) {
      answer = null;
      bulk.clear();
      bulk.show([]);
      table = liveTable({ caption: `${list.tab}: ${list.says}`, columns: [bulk.column, ...list.columns], key: (row) => row.avatar_id ?? `${row.trigger_group}/${row.trigger_name}`, sorted: () => state, onSort: sortBy });
      show(content, ['loading', name], () => loading('avatars'));
      pager.hidden = true;
      say(says, list.says);
    }
    filters.hidden = !state.type && !state.worker;
    show(filters, [state.type, state.worker, location.hash], () => ['type', 'worker'].filter((key) => state[key]).map((key) => h('span', { class: 'filter' }, h('b', { text: key === 'type' ? 'Type' : 'Worker' }), ` ${state[key]} `, h('a', { href: where({ [key]: null, offset: 0 }), text: `Clear the ${key} filter` }))));
    content.setAttribute('aria-busy', 'true');
    counts();
    reader.now();
  }

  function sortBy(column) {
    const order = state.sort === column && state.order === 'asc' ? 'desc' : 'asc';
    go(where({ sort: column, order, offset: 0 }));
  }

  let typing = 0;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => go(where({ q: search.value.trim(), offset: 0 }), true), TYPING_MS);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && search.value === '') {
      search.blur();
    }
  });

  let off = [];
  return {
    title: () => LISTS[state.name].tab,
    element,
    start() {
      off = [on('overview', counts), on('overview', () => bulk.allow()), on('event', () => reader.soon()), on('gap', () => reader.now())];
      update(query);
    },
    update,
    search: () => search,
    stop() {
      off.forEach((end) => end());
      clearTimeout(typing);
      reader.stop();
    },
  };
}
