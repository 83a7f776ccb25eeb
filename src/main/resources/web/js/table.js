// A table of live rows: sorted by its headers, kept as it is where nothing changed, cards on narrow screens.
import { h, patch, selected, show } from './dom.js';
import { ago, at, now } from './words.js';

/**
 * @param options.columns name, title, of (what the cell shows, from the row), cell (nodes from that), sort (whether it may be
 *     sorted by), number, wide, pick (a check box for the row, in front of the column that names the row)
 * @param options.key what tells rows apart
 * @param options.sorted the column and order that are in force: {sort, order}
 * @param options.onSort called with a column's name
 */
export function liveTable({ caption, columns, key, sorted = () => ({}), onSort }) {
  const body = h('tbody', { role: 'rowgroup' });
  const heads = columns.map((column) => head(column, onSort));
  const naming = columns.findIndex((column) => !column.pick);
  // The roles are those of the elements: narrow screens lay them out as cards, which would take the roles away.
  const table = h(
    'table',
    { role: 'table', class: columns.some((column) => column.sort) ? null : 'plain' },
    h('caption', { class: 'unseen', text: caption }),
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, heads)),
    body,
  );

  function render(rows) {
    const { sort, order } = sorted();
    columns.forEach((column, i) => {
      const on = column.name === sort;
      heads[i].setAttribute('aria-sort', on ? (order === 'desc' ? 'descending' : 'ascending') : 'none');
      if (!column.sort) {
        heads[i].removeAttribute('aria-sort');
      }
    });
    if (selected(body)) {
      return; // Text is selected, to be copied; the next rows come in a moment.
    }
    patch(body, rows, key, create, update);
  }

  function create() {
    return h(
      'tr',
      { role: 'row' },
      columns.map((column, i) =>
        i === naming
          ? h('th', { scope: 'row', role: 'rowheader', data: { label: column.title } })
          : h('td', { role: 'cell', class: classes(column), data: { label: column.title } }),
      ),
    );
  }

  function update(line, row) {
    columns.forEach((column, i) => {
      const value = column.of(row);
      line.children[i].classList.toggle('empty', value === null || value === undefined || value === '');
      show(line.children[i], value, column.cell ?? ((shown) => String(shown ?? '')));
    });
  }

  return { element: h('div', { class: 'table' }, table), render };
}

function classes(column) {
  return [column.number ? 'number' : null, column.wide ? 'wide' : null, column.pick ? 'pick' : null].filter(Boolean).join(' ') || null;
}

function head(column, onSort) {
  const properties = { scope: 'col', role: 'columnheader', class: classes(column) };
  if (column.pick) {
    return h('th', properties, h('span', { class: 'unseen', text: column.title }));
  }
  if (!column.sort) {
    return h('th', { ...properties, text: column.title });
  }
  const mark = h('span', { class: 'order', 'aria-hidden': 'true' });
  return h('th', properties, h('button', { type: 'button', on: { click: () => onSort(column.name) } }, column.title, mark));
}

/** A read that takes long is repeated less often, but never less often than this. */
const SLOWEST_MS = 15_000;

/** A list that is older than its period by more than this says so. */
const LATE_MS = 10_000;

/**
 * Reads again and again while the page is shown: not faster than every `everyMs`, and less often where the server takes long to answer. A read
 * that failed, whose time is the timeout, does not slow the next one.
 *
 * @param read returns false when it failed
 * @param note an element that says how old is what was read last, while that is not current
 */
export function refresher(read, everyMs, note = null) {
  let timer = 0;
  let running = null;
  let stopped = false;
  let soon = false;
  let succeededAt = null;
  let failing = false;
  const watch = note === null ? 0 : setInterval(age, 1_000);

  function age() {
    const since = succeededAt;
    const old = since !== null && (failing || now() - since > everyMs + LATE_MS) && !document.hidden;
    note.hidden = !old;
    show(note, old ? since : null, () => (old ? ['Not current: as of ', at(new Date(since).toISOString()), ', ', ago(new Date(since).toISOString()), '.'] : null));
  }

  async function run() {
    clearTimeout(timer);
    if (stopped) {
      return;
    }
    if (document.hidden) {
      later(everyMs);
      return;
    }
    running = new AbortController();
    const mine = running;
    const began = performance.now();
    soon = false;
    const succeeded = (await read(mine.signal)) !== false;
    if (running === mine) {
      running = null;
      failing = !succeeded;
      succeededAt = succeeded ? now() : succeededAt;
      if (note !== null) {
        age();
      }
      const took = succeeded ? Math.min(SLOWEST_MS, 10 * (performance.now() - began)) : 0;
      later(Math.max(soon ? 500 : everyMs, took));
    }
  }

  function later(millis) {
    clearTimeout(timer);
    if (!stopped) {
      timer = setTimeout(run, millis);
    }
  }

  return {
    /** Reads at once; what is under way is dropped. */
    now() {
      running?.abort();
      return run();
    },
    /** Something has changed: reads within half a second or so. */
    soon() {
      if (running !== null) {
        soon = true;
      } else if (!soon) {
        soon = true;
        later(500);
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearInterval(watch);
      running?.abort();
    },
  };
}
