// Puts the page together: which page is shown, the connection, the theme, the keyboard.
import { askAgain } from './api.js';
import { h, icon, plain, say, show } from './dom.js';
import { avatarPage } from './avatar.js';
import { avatarsPage } from './avatars.js';
import { eventsPage } from './events.js';
import { keyboard } from './keyboard.js';
import { live, on, reconnect, start } from './live.js';
import { overviewPage } from './overview.js';
import { reportPage } from './report.js';
import { route } from './router.js';
import { themeButton } from './themes.js';
import { titlePrefix } from './verdict.js';
import { at, length, tick } from './words.js';
import { workersPage } from './workers.js';

const content = document.getElementById('content');
let page = null;
let shown = null;

function open() {
  const { path, query } = route();
  const [name = 'overview', id = null] = path;
  const wanted = id === null ? name : `${name}/${id}`;
  if (wanted === shown) {
    page.update(query);
  } else {
    page?.stop();
    page = build(name, id, query);
    const first = shown === null;
    shown = wanted;
    content.replaceChildren(page.element);
    page.start();
    if (!first) {
      window.scrollTo(0, 0);
      content.querySelector('h1')?.focus({ preventScroll: true });
    }
  }
  document.querySelectorAll('#pages a').forEach((link) => {
    const own = link.getAttribute('href') === (name === 'overview' ? '#/' : `#/${name}`);
    if (own) {
      link.setAttribute('aria-current', id === null ? 'page' : 'true');
    } else {
      link.removeAttribute('aria-current');
    }
  });
  retitle();
}

function build(name, id, query) {
  if (name === 'overview' && id === null) {
    return overviewPage();
  }
  if (name === 'avatars') {
    return id === null ? avatarsPage(query) : avatarPage(id);
  }
  if (name === 'workers' && id === null) {
    return workersPage();
  }
  if (name === 'events' && id === null) {
    return eventsPage(query);
  }
  if (name === 'report' && id === null) {
    return reportPage(query);
  }
  const element = h('div', { class: 'page' }, h('h1', { tabindex: '-1', text: 'This page does not exist' }), h('p', { class: 'state' }, h('a', { href: '#/', text: 'To the overview' })));
  return { title: () => 'Page not found', element, start() {}, update() {}, stop() {} };
}

function retitle() {
  const title = plain(`${trouble() ?? titlePrefix(live.overview)}${page.title()} – avatar-monitor`);
  if (document.title !== title) {
    document.title = title;
  }
}

/** For the title while the values shown are not current; null when they are. */
function trouble() {
  const { connection, away } = live;
  return { disconnected: 'Disconnected – ', refused: 'Token needed – ' }[connection] ?? (away ? 'Database unavailable – ' : null);
}

function connection() {
  const place = document.getElementById('connection');
  const banner = document.getElementById('banner');
  place.dataset.state = live.connection;
  const away = live.away && (live.connection === 'live' || live.connection === 'polling');
  const words = away
    ? 'Database unavailable'
    : { connecting: 'Connecting…', live: 'Live', reconnecting: 'Reconnecting…', polling: 'Polling', disconnected: 'Disconnected', refused: 'Token needed' }[live.connection];
  const mark = away ? 'bad' : ({ live: 'ok', disconnected: 'bad', refused: 'bad', polling: 'warn' }[live.connection] ?? 'none');
  show(place, words, () => [icon(mark), words]);
  document.body.classList.toggle('stale', live.connection === 'disconnected' || live.connection === 'refused');
  const lost = live.connection === 'disconnected' ? live.lostAt : null;
  show(banner, [live.connection === 'refused', lost], () => {
    if (live.connection === 'refused') {
      return [icon('bad'), 'This server requires a token for reading. ', h('button', { type: 'button', text: 'Enter token', on: { click: enterToken } })];
    }
    return lost === null ? null : [icon('bad'), h('span', {}, 'Disconnected since ', at(new Date(lost).toISOString()), '. The server does not answer; the values shown are not current. Reconnecting automatically.')];
  });
  banner.hidden = live.connection !== 'refused' && lost === null;
}

function enterToken() {
  askAgain();
  reconnect();
}

function foot() {
  const { worker, version, read_only: readOnly } = live.overview;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  say(document.getElementById('foot'), `avatar-monitor ${version}, served by ${worker}${readOnly ? ', read-only' : ''}. Times are of the zone ${zone}; point at one to see UTC.`);
}

document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault(); // The address is the state of the page, not a place on it.
  content.focus();
});
for (const change of ['connection', 'away']) {
  on(change, () => {
    connection();
    retitle();
  });
}
on('overview', () => {
  foot();
  retitle();
});
window.addEventListener('hashchange', open);
setInterval(tick, 1000);
themeButton(document.getElementById('theme'));
keyboard(() => page);
connection();
open();
start();
