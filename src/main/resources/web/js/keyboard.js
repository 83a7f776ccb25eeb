// Keys: g and a letter goes to a page, / searches, ? tells. Off while the focus is in an input field, and as a whole if wished. What counts is when keys
// were pressed, not when a busy page comes to read them.
import { go } from './router.js';

const PAGES = { o: '#/', a: '#/avatars', w: '#/workers', e: '#/events', r: '#/report' };
const AFTER_G_MS = 1_500;
const OFF = 'shortcuts-off';

export function keyboard(page) {
  const dialog = document.getElementById('shortcuts');
  const enabled = document.getElementById('shortcuts-on');
  let g = -AFTER_G_MS;

  function stored() {
    try {
      return localStorage.getItem(OFF) === null;
    } catch (blocked) {
      return true;
    }
  }

  enabled.checked = stored();
  enabled.addEventListener('change', () => {
    try {
      if (enabled.checked) {
        localStorage.removeItem(OFF);
      } else {
        localStorage.setItem(OFF, 'yes');
      }
    } catch (blocked) {
      // It holds until the page is left.
    }
  });
  document.getElementById('help').addEventListener('click', () => dialog.showModal());
  document.getElementById('shortcuts-close').addEventListener('click', () => dialog.close());

  document.addEventListener('keydown', (event) => {
    if (!enabled.checked || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null) {
      return;
    }
    if (event.timeStamp - g < AFTER_G_MS && Object.hasOwn(PAGES, event.key)) {
      g = -AFTER_G_MS;
      event.preventDefault();
      go(PAGES[event.key]);
    } else if (event.key === 'g') {
      g = event.timeStamp;
    } else if (event.key === '/') {
      event.preventDefault();
      search();
    } else if (event.key === '?') {
      event.preventDefault();
      dialog.showModal();
    }
  });

  // What a dialog held keeps the focus until the next rendering, though the dialog is closed.
  function typing(target) {
    return target instanceof Element && target.closest('input, textarea, select') !== null && target.closest('dialog:not([open])') === null;
  }

  function search() {
    if (page().search !== undefined) {
      page().search().focus();
      return;
    }
    // The page comes with the change of the address, after this.
    window.addEventListener('hashchange', () => queueMicrotask(() => page().search?.().focus()), { once: true });
    go('#/avatars');
  }
}
