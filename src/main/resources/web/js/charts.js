// The two charts of the overview, by uPlot (vendor/uplot), each with its summary in words.
import { h, say } from './dom.js';
import { live } from './live.js';
import { millis, now, rate } from './words.js';

const HEIGHT = 150;
const HALF_HOUR_S = 1800;
const SHORTEST_S = 300;
const GAP_S = 45;

const CHARTS = [
  {
    title: 'Checks per second',
    series: [{ name: 'checks_per_second', label: 'checks per second', colour: '--line-1', fill: '--fill-1' }],
    unit: rate,
  },
  {
    title: 'Check delay',
    series: [
      { name: 'late_p50_ms', label: 'median', colour: '--line-1', fill: '--fill-1' },
      { name: 'late_p99_ms', label: '99 % (p99)', colour: '--line-2', dash: [4, 3] },
    ],
    unit: millis,
  },
];

/** @returns element, render (with the samples of `live`), age (when only time has passed), restyle (when the theme changed), stop */
export function charts() {
  const all = CHARTS.map(chart);
  return {
    element: h('div', { class: 'charts' }, all.map((one) => one.element)),
    render: () => all.forEach((one) => one.render()),
    age: () => all.forEach((one) => one.age()),
    restyle: () => all.forEach((one) => one.restyle()),
    stop: () => all.forEach((one) => one.stop()),
  };
}

function chart({ title, series, unit }) {
  const canvas = h('div', { class: 'canvas', role: 'img' });
  const figures = series.map(() => h('span', { class: 'figure' }));
  const legend = h(
    'p',
    { class: 'legend' },
    series.map((one, i) => h('span', {}, h('i', { class: `swatch s${i + 1}`, 'aria-hidden': 'true' }), series.length > 1 ? `${one.label} ` : 'now ', figures[i])),
  );
  const summary = h('p', { class: 'hint' });
  const element = h('figure', { class: 'chart' }, h('figcaption', {}, h('h2', { text: title }), legend), canvas, summary);
  let plot = null;

  function data() {
    const times = [];
    const values = series.map(() => []);
    let last = null;
    for (const sample of live.samples) {
      const at = Date.parse(sample.at) / 1000;
      if (last !== null && at - last > GAP_S) {
        times.push(last + 1); // No line across a time of which nothing is known.
        values.forEach((list) => list.push(null));
      }
      times.push(at);
      series.forEach((one, i) => values[i].push(sample[one.name] ?? null));
      last = at;
    }
    return [times, ...values];
  }

  function build() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--muted'),
      grid: { stroke: colour('--rule'), width: 1 },
      ticks: { show: false },
      font: `11px ${style.getPropertyValue('--sans').trim() || 'sans-serif'}`,
    };
    plot = new window.uPlot(
      {
        width: Math.max(200, canvas.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 14, 0, 0],
        scales: {
          x: {
            range: span,
          },
          y: { range: (self, low, high) => [0, high > 0 ? high * 1.15 : 1] },
        },
        axes: [
          { ...axis, size: 24, space: 70, values: (self, ticks) => ticks.map(hourAndMinute) },
          { ...axis, size: 54, space: 34, values: (self, ticks) => ticks.map(unit) },
        ],
        series: [
          {},
          ...series.map((one) => ({
            stroke: colour(one.colour),
            fill: one.fill ? colour(one.fill) : undefined,
            width: 1.5,
            dash: one.dash,
            points: { show: false },
          })),
        ],
      },
      data(),
      canvas,
    );
  }

  function render() {
    if (plot === null && canvas.isConnected && window.uPlot !== undefined) {
      build();
    } else {
      plot?.setData(data());
    }
    age();
    say(summary, words());
    canvas.setAttribute('aria-label', `${title}: ${summary.textContent}`);
  }

  function age() {
    const newest = current();
    series.forEach((one, i) => say(figures[i], newest ? unit(newest[one.name]) : '–'));
  }

  function words() {
    const last = series.at(-1);
    const values = live.samples.map((sample) => sample[last.name]).filter((value) => value !== null && value !== undefined);
    if (values.length === 0) {
      return `No data ${spanWords()}.`;
    }
    const least = values.reduce((a, b) => Math.min(a, b));
    const most = values.reduce((a, b) => Math.max(a, b));
    return `${series.length > 1 ? `${last.label}: ` : ''}between ${unit(least)} and ${unit(most)} ${spanWords()}`;
  }

  function restyle() {
    plot?.destroy();
    plot = null;
    render();
  }

  const size = new ResizeObserver(() => {
    if (plot !== null && canvas.clientWidth > 0 && plot.width !== canvas.clientWidth) {
      plot.setSize({ width: canvas.clientWidth, height: HEIGHT });
    }
  });
  size.observe(canvas);

  return {
    element,
    render,
    age,
    restyle,
    stop() {
      size.disconnect();
      plot?.destroy();
      plot = null;
    },
  };
}

/** The newest sample, if it tells about now. */
function current() {
  const newest = live.samples.at(-1);
  return newest !== undefined && !live.away && now() - Date.parse(newest.at) < GAP_S * 1000 ? newest : null;
}

/** The last half hour, or less while less is known: seconds of begin and end. */
function span() {
  const newest = current();
  const end = (newest === null ? now() : Date.parse(newest.at)) / 1000;
  const known = live.samples.length > 0 ? end - Date.parse(live.samples[0].at) / 1000 : 0;
  return [end - Math.min(HALF_HOUR_S, Math.max(known, SHORTEST_S)), end];
}

function spanWords() {
  const [begin, end] = span();
  return `in the last ${Math.round((end - begin) / 60)} minutes`;
}

function hourAndMinute(seconds) {
  const date = new Date(seconds * 1000);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}
