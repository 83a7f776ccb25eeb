// Light, dark, or as the system has it.
import { emit } from './live.js';

const NEXT = { system: 'dark', dark: 'light', light: 'system' };

export function themeButton(button) {
  const root = document.documentElement;
  let theme = root.dataset.theme ?? 'system';

  function use() {
    if (theme === 'system') {
      delete root.dataset.theme;
    } else {
      root.dataset.theme = theme;
    }
    try {
      localStorage.setItem('theme', theme);
    } catch (blocked) {
      // It holds until the page is left.
    }
    button.textContent = `Theme: ${theme}`;
    emit('theme');
  }

  button.addEventListener('click', () => {
    theme = NEXT[theme];
    use();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => emit('theme'));
  button.textContent = `Theme: ${theme}`;
}
