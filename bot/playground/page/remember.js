// What this browser keeps from one visit to the next; a browser that keeps nothing is fine too.

const PREFIX = "playground.";

export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Storage is forbidden or full: the choice lasts as long as the page.
  }
}

export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}
