// The address after # is the state of the page: back, forward, reload and links to a colleague all work.

/** `#/avatars/ID?sort=name` as {path: ['avatars', 'ID'], query: {sort: 'name'}}. */
export function route() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch (malformed) {
    return part;
  }
}

/** The address of a page; members of the query that are null, empty or 0 are left out. */
export function address(path, query = {}) {
  const parameters = new URLSearchParams(
    Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== 0),
  ).toString();
  return `#/${path}${parameters === '' ? '' : `?${parameters}`}`;
}

/** Goes there; with `replace` without a step for the back button, as while text is typed. */
export function go(hash, replace = false) {
  if (hash === location.hash) {
    return;
  }
  if (replace) {
    history.replaceState(null, '', hash);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = hash;
  }
}

export function avatarAddress(id) {
  return `#/avatars/${encodeURIComponent(id)}`;
}
