// Settings of one training that differ from the configured ones: window, interval, deadline, priority.
import { say } from './dom.js';

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** The seconds of a length such as 90s, 30m, 2h or 1d; null when it is none. */
function secondsOf(text) {
  const [, number, unit] = /^(\d{1,9}) *([smhd])$/.exec(text.trim().toLowerCase()) ?? [];
  return unit === undefined ? null : Number(number) * UNITS[unit];
}

/** Asks for settings; present says which are set. Gives the body of a call, or null when nothing is to be done. */
export function askSettings(present) {
  const dialog = document.getElementById('settings');
  const form = document.getElementById('settings-form');
  const why = document.getElementById('settings-why');
  const [window, interval, deadline, priority, clear] = ['window', 'interval', 'deadline', 'priority', 'clear'].map((name) => document.getElementById(`settings-${name}`));
  form.reset();
  say(why, '');
  say(document.getElementById('settings-present'), `Now: ${present ?? 'as configured'}.`);

  function length(input, name, most, longest) {
    if (input.value.trim() === '') {
      return null;
    }
    const seconds = secondsOf(input.value);
    if (seconds === null || seconds < 1 || seconds > most) {
      input.focus();
      throw new RangeError(`${name} must be from 1s to ${longest}, such as 90s, 30m or 2h.`);
    }
    return seconds;
  }

  function rank(input) {
    if (input.value.trim() === '') {
      return null;
    }
    const number = /^\d{1,2}$/.test(input.value.trim()) ? Number(input.value) : 0;
    if (number < 1 || number > 10) {
      input.focus();
      throw new RangeError('The priority must be a whole number from 1 to 10; 5 is that of all other trainings.');
    }
    return number;
  }

  function read() {
    const body = {
      clear: clear.checked,
      window_seconds: length(window, 'The window', 604_800, '7d'),
      interval_seconds: length(interval, 'The interval', 3_600, '1h'),
      deadline: deadline.value === '' ? null : new Date(deadline.value).toISOString(),
      priority: rank(priority),
    };
    if (body.deadline !== null && Date.parse(body.deadline) <= Date.now()) {
      deadline.focus();
      throw new RangeError('The deadline must be later than now.');
    }
    return body;
  }

  return new Promise((resolve) => {
    let body = null;
    document.getElementById('settings-cancel').onclick = () => dialog.close();
    form.onsubmit = (event) => {
      try {
        body = read();
      } catch (wrong) {
        event.preventDefault();
        say(why, wrong.message);
      }
    };
    dialog.onclose = () => resolve(body);
    dialog.showModal();
    window.focus();
  });
}
