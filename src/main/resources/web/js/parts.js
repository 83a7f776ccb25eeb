// Parts that several pages show: events, workers, links to avatars.
import { h, icon, show } from './dom.js';
import { answeredAt, live, on } from './live.js';
import { liveTable } from './table.js';
import { address, avatarAddress } from './router.js';
import { ago, at, brief, count, dash, facts, millis, rate, spaced, weight } from './words.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Says how old news are that come by themselves, while none can come. */
export function staleNote() {
  const element = h('p', { class: 'stale-note', hidden: true });
  function render() {
    const current = !live.away && (live.connection === 'live' || live.connection === 'connecting');
    const since = answeredAt();
    element.hidden = current;
    show(element, [current, since], () => (current ? null : since ? ['Not current: as of ', at(since), ', ', ago(since), '.'] : 'Not current.'));
  }
  const off = ['away', 'connection', 'overview'].map((type) => on(type, render));
  render();
  return { element, stop: () => off.forEach((end) => end()) };
}

/** Why this server takes no actions; empty when it does, or while that is not known. */
export function actionsOff() {
  const overview = live.overview;
  if (overview === null || overview.writable) {
    return '';
  }
  return overview.read_only ? 'This server is read-only (http.read-only).' : 'To enable actions, set http.token in the configuration of the server.';
}

export function avatarLink(id, name) {
  if (!id) {
    return dash();
  }
  return h(
    'a',
    { class: 'avatar', href: avatarAddress(id), title: id },
    name ? h('span', { class: 'name', text: name }) : null,
    h('span', { class: 'id', text: brief(id) }),
  );
}

export function factList(detail) {
  const all = facts(detail);
  return all.length === 0
    ? null
    : h('span', { class: 'facts-of-event' }, all.map(([name, value]) => h('span', {}, h('b', { text: name }), ' ', TIME.test(value) ? at(value) : value)));
}

export function eventMark(type) {
  return h('span', { class: `mark ${weight(type)}` }, icon(weight(type)), spaced(type));
}

/** Events as lines, the newest first. */
export function eventTable(caption, withAvatar = true) {
  return liveTable({
    caption,
    key: (row) => row.id,
    columns: [
      { name: 'at', title: 'Time', of: (row) => row.at, cell: at },
      { name: 'type', title: 'Event', of: (row) => row.type, cell: eventMark },
      ...(withAvatar ? [{ name: 'avatar_id', title: 'Avatar', of: (row) => (row.avatar_id ? [row.avatar_id, row.name ?? null] : null), cell: (value) => (value ? avatarLink(...value) : null) }] : []),
      { name: 'detail', title: 'Details', wide: true, of: (row) => (Object.keys(row.detail ?? {}).length === 0 ? null : row.detail), cell: factList },
      { name: 'worker', title: 'Worker', of: (row) => row.worker },
    ],
  });
}

function alive(row) {
  return row ? h('span', { class: 'mark ok' }, icon('ok'), 'alive') : h('span', { class: 'mark bad' }, icon('bad'), 'not alive');
}

function pause([until, since, reason]) {
  const when = since ? [' since ', at(since), ', next try ', at(until)] : [' until ', at(until)];
  return h('span', {}, h('span', { class: 'mark bad' }, icon('bad'), 'paused'), when, reason ? `: ${reason}` : null);
}

export function workerTable(full) {
  return liveTable({
    caption: 'Workers',
    key: (row) => row.instance,
    columns: [
      { name: 'instance', title: 'Worker', of: (row) => row.instance, cell: (name) => h('a', { class: 'name', href: address('avatars', { worker: name }), title: 'Monitored by this worker', text: name }) },
      { name: 'alive', title: 'State', of: (row) => row.alive, cell: alive },
      { name: 'last_check_in_at', title: 'Last check-in', of: (row) => row.last_check_in_at, cell: ago },
      { name: 'checks_per_second', title: 'Checks', number: true, of: (row) => row.checks_per_second, cell: rate },
      ...(full
        ? [
            { name: 'running_checks', title: 'Running', number: true, of: (row) => row.running_checks, cell: count },
            { name: 'late_p99_ms', title: 'Check delay (p99)', number: true, of: (row) => row.late_p99_ms, cell: millis },
            { name: 'started_at', title: 'Started', of: (row) => row.started_at, cell: ago },
            { name: 'version', title: 'Version', of: (row) => row.version },
            { name: 'http', title: 'HTTP', of: (row) => row.http },
          ]
        : []),
      { name: 'fal_paused_until', title: 'fal', wide: true, of: (row) => (row.fal_paused_until ? [row.fal_paused_until, row.fal_paused_since, row.fal_pause_reason] : null), cell: (value) => (value === null ? null : pause(value)) },
    ],
  });
}
