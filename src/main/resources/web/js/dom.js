// Builds and patches the document. Data reaches it as text only, never as markup.

const SVG = 'http://www.w3.org/2000/svg';

const SHAPES = {
  ok: 'M3.2 8.6 6.6 12l6.4-7.4',
  warn: 'M8 1.8 15 14H1L8 1.8ZM8 6.2v3.6M8 11.6v.8',
  bad: 'M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2l3.7-3.7ZM5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8',
  none: 'M3.5 8h9',
};

// The same characters as UntrustedText.java: what drives terminals, breaks or turns lines, or cannot be seen. Tabs and line ends stay.
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u3164\uffa0\ufdd0-\ufdef\ufffe\uffff]/gu;

/** Text of others as it may be shown: an unsafe character is seen as �. */
export function plain(text) {
  return typeof text === 'string' ? text.replace(UNSAFE, '\ufffd') : text;
}

/**
 * An element. Properties: class, text, data (object), on (event handlers); everything else is an attribute, left out when null or
 * false. Children: nodes or text; null is left out.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name === 'class') {
      element.className = value;
    } else if (name === 'text') {
      element.textContent = plain(value);
    } else if (name === 'data') {
      Object.assign(element.dataset, value);
    } else if (name === 'on') {
      Object.entries(value).forEach(([event, handler]) => element.addEventListener(event, handler));
    } else {
      element.setAttribute(name, value === true ? '' : plain(value));
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined).map(plain));
  return element;
}

/** An element of a picture; attributes that are null are left out. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => value !== null && value !== undefined && element.setAttribute(name, plain(value)));
  element.append(...children.flat().filter((child) => child !== null && child !== undefined).map(plain));
  return element;
}

/** A small picture beside words, which say the same. */
export function icon(name) {
  return svg('svg', { viewBox: '0 0 16 16', class: `icon ${name}`, 'aria-hidden': 'true' }, svg('path', { d: SHAPES[name] }));
}

/** Sets text only where it differs: a selection in it and what a screen reader has read stay untouched. */
export function say(element, text) {
  const shown = plain(text);
  if (element.textContent !== shown) {
    element.textContent = shown;
  }
}

/** Gives an element other content when what it shows has changed; what decides that is compared as JSON. */
export function show(element, shown, build) {
  const sign = JSON.stringify(shown ?? null);
  if (element.sign !== sign) {
    element.sign = sign;
    element.replaceChildren(...[build(shown)].flat().filter((child) => child !== null && child !== undefined).map(plain));
  }
}

/**
 * Makes the children of an element those of the rows, in their order. What is there already is kept and updated, so that focus,
 * selection and scroll position survive.
 */
export function patch(parent, rows, key, create, update) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const known = new Map([...parent.children].map((child) => [child.key, child]));
  const wanted = rows.map((row) => {
    const name = key(row);
    let child = known.get(name);
    known.delete(name);
    if (child === undefined) {
      child = create(row);
      child.key = name;
    }
    update(child, row);
    return child;
  });
  known.forEach((child) => child.remove());
  wanted.forEach((child, i) => {
    if (parent.children[i] !== child) {
      parent.insertBefore(child, parent.children[i] ?? null);
    }
  });
  // Moving an element takes its focus away.
  if (focused !== null && focused !== document.activeElement && focused.isConnected) {
    focused.focus({ preventScroll: true });
  }
}

/** Whether a person has marked text in here, which a change would spoil. */
export function selected(element) {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && element.contains(selection.anchorNode);
}

export function loading(what) {
  return h('p', { class: 'state', role: 'status' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), `Loading ${what}…`);
}

export function empty(sentence, ...more) {
  return h('p', { class: 'state' }, sentence, ...more);
}

/** A failed request, and a way to try again. */
export function failed(problem, retry) {
  return h(
    'div',
    { class: 'state failed', role: 'alert' },
    h('p', {}, icon('bad'), h('strong', { text: problem.title ?? 'Error' }), ` ${problem.message}`),
    h('button', { type: 'button', text: 'Try again', on: { click: retry } }),
  );
}
