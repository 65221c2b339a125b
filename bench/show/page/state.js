// What is looked at is in the address, so that a link leads to the same view:
// #fn_a-parity_all-L50/attempt-2?find=xor&length=50&length=30&sort=every-point.cost.down

const state = { open: "", query: new URLSearchParams() };

function readState() {
  const [path, query = ""] = location.hash.slice(1).split(/\?(.*)/s);
  try {
    state.open = decodeURIComponent(path);
  } catch {
    state.open = ""; // a % that no encoder has written
  }
  state.query = new URLSearchParams(query);
}

function hashOf(open) {
  const query = state.query.toString();
  return `#${encodeURI(open)}${query && `?${query}`}`;
}

function writeState() {
  history.replaceState(null, "", hashOf(state.open));
}

// A parameter may have several values, and has none where each is empty.
function setParameter(name, ...values) {
  state.query.delete(name);
  for (const value of values.flat().filter(Boolean)) state.query.append(name, value);
}
