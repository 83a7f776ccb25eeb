// Light, dark, or as the system has it.
import { emit } from './live.js';

const NEXT = { system: 'dark', dark: 'light', light: 'system' };

function kept() {
  try {
    const theme = localStorage.getItem('theme');
    return theme === 'light' || theme === 'dark' ? theme : 'system';
  } catch (blocked) {
    return 'system';
  }
}

export function themeButton(button) {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let theme = kept();

  function show() {
    const bySystem = system.matches ? 'dark' : 'light';
    document.documentElement.dataset.theme = theme === 'system' ? bySystem : theme;
    button.textContent = `Theme: ${theme}`;
    emit('theme');
  }

  button.addEventListener('click', () => {
    theme = NEXT[theme];
    try {
      localStorage.setItem('theme', theme);
    } catch (blocked) {
      // It holds until the page is left.
    }
    show();
  });
  system.addEventListener('change', show);
  button.textContent = `Theme: ${theme}`;
}
