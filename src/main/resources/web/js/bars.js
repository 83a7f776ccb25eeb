// Bar charts as SVG, drawn as wide as their place. What they show is on the page in words and in a table as well.
import { h, svg } from './dom.js';

const HEIGHT = 190;
const FOOT = 22;
const HEAD = 8;
const TICKS = 4;
const LABEL_WIDTH = 46;
const FIGURE_WIDTH = 7;
const ROW = 34;

/** Draws again when the width of the place changes. */
function drawn(draw) {
  const element = h('div', { class: 'bars' });
  let data = null;
  let width = 0;
  const watch = new ResizeObserver(() => element.clientWidth !== width && again());

  function again() {
    width = element.clientWidth;
    if (data !== null && width > 0) {
      element.replaceChildren(draw(data, width));
    }
  }

  watch.observe(element);
  return {
    element,
    render(next) {
      data = next;
      again();
    },
    stop: () => watch.disconnect(),
  };
}

function picture(name, { title, text }, width, height, ...children) {
  return svg(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-labelledby': `${name}-title ${name}-text` },
    svg('title', { id: `${name}-title` }, title),
    svg('desc', { id: `${name}-text` }, text),
    ...children,
  );
}

/** The next number of 1, 2, 5, 10, 20, … so that at most TICKS steps reach the highest value. */
function step(highest) {
  for (let power = 1; ; power *= 10) {
    const found = [1, 2, 5].map((digit) => digit * power).find((size) => size * TICKS >= highest);
    if (found !== undefined) {
      return found;
    }
  }
}

/**
 * Bars beside one another, each stacked from parts.
 *
 * @param parts classes of the parts, the lowest first
 * @returns render({title, text, bars: [{label, hint, values}]}), in the order of `parts`
 */
export function stackedBars(name, parts) {
  return drawn(({ title, text, bars }, width) => {
    const highest = Math.max(1, ...bars.map((bar) => bar.values.reduce((sum, value) => sum + value, 0)));
    const every = step(highest);
    const top = every * Math.ceil(highest / every);
    const left = 10 + FIGURE_WIDTH * String(top).length;
    const floor = HEIGHT - FOOT;
    const y = (value) => floor - ((floor - HEAD) * value) / top;
    const slot = (width - left) / bars.length;
    const labelled = Math.ceil(LABEL_WIDTH / slot);
    const lines = [];
    for (let value = 0; value <= top; value += every) {
      lines.push(svg('line', { class: 'rule', x1: left, x2: width, y1: y(value), y2: y(value) }), svg('text', { class: 'end', x: left - 6, y: y(value) + 4 }, value.toLocaleString('en')));
    }
    const columns = bars.map((bar, i) => {
      const x = left + slot * i;
      let below = 0;
      const pieces = bar.values.map((value, part) => {
        const low = y(below);
        below += value;
        return value === 0 ? null : svg('rect', { class: parts[part], x: x + slot * 0.14, y: y(below), width: slot * 0.72, height: Math.max(1, low - y(below)) });
      });
      return svg(
        'g',
        {},
        svg('rect', { class: 'place', x, y: HEAD, width: slot, height: floor - HEAD }),
        pieces,
        i % labelled === 0 ? svg('text', { class: 'middle', x: x + slot / 2, y: HEIGHT - 6 }, bar.label) : null,
        svg('title', {}, bar.hint),
      );
    });
    const hatch = svg(
      'pattern',
      { id: `${name}-hatch`, width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      svg('rect', { class: 'hatch-ground', width: 5, height: 5 }),
      svg('line', { class: 'hatch-line', x1: 0, x2: 0, y1: 0, y2: 5 }),
    );
    return picture(name, { title, text }, width, HEIGHT, svg('defs', {}, hatch), lines, columns);
  });
}

/**
 * Two lengths for each row, the second from the same start.
 *
 * @returns render({title, text, rows: [{label, short, long, figures}]})
 */
export function lengthBars(name) {
  return drawn(({ title, text, rows }, width) => {
    const longest = Math.max(1, ...rows.map((row) => row.long));
    const all = rows.map((row, i) => {
      const y = ROW * i;
      const x = (value) => Math.max(2, (width * value) / longest);
      return svg(
        'g',
        {},
        svg('text', { class: 'strong', x: 0, y: y + 13 }, row.label),
        svg('text', { class: 'end', x: width, y: y + 13 }, row.figures),
        svg('rect', { class: 'long', x: 0, y: y + 19, width: x(row.long), height: 8 }),
        svg('rect', { class: 'short', x: 0, y: y + 19, width: x(row.short), height: 8 }),
      );
    });
    return picture(name, { title, text }, width, ROW * rows.length, all);
  });
}
