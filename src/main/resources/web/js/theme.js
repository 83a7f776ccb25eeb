'use strict';
// Not a module, so that it runs before the first paint: the page must not flash in the other theme.
(function () {
  let theme = null;
  try {
    theme = localStorage.getItem('theme');
  } catch (blocked) {
    // Then the system decides.
  }
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.dataset.theme = theme;
})();
