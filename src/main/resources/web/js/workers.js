// Who does the checks.
import { get } from './api.js';
import { empty, failed, h, loading, show } from './dom.js';
import { on } from './live.js';
import { workerTable } from './parts.js';
import { refresher } from './table.js';

export function workersPage() {
  const table = workerTable(true);
  const content = h('div', {}, loading('workers'));
  const note = h('p', { class: 'stale-note', hidden: true });
  const element = h(
    'div',
    { class: 'page' },
    h('h1', { tabindex: '-1', text: 'Workers' }),
    h('p', { class: 'hint', text: 'A worker that is stopped cleanly leaves the list. A killed worker is shown as not alive until another worker has released its firings.' }),
    note,
    content,
  );
  const reader = refresher(async (signal) => {
    try {
      const { rows } = await get('workers', {}, signal);
      if (rows.length === 0) {
        show(content, 'none', () => empty('No worker runs. Start one: ', h('code', { text: 'avatar-monitor worker' })));
      } else {
        show(content, 'rows', () => table.element);
        table.render(rows);
      }
    } catch (problem) {
      if (!signal.aborted && (content.sign !== '"rows"' || problem.status !== 0)) {
        show(content, ['failed', problem.message], () => failed(problem, () => reader.now()));
      }
      return false;
    }
  }, 2_000, note);
  let off = () => {};
  return {
    title: () => 'Workers',
    element,
    start() {
      off = on('gap', () => reader.now());
      reader.now();
    },
    update() {},
    stop() {
      off();
      reader.stop();
    },
  };
}
