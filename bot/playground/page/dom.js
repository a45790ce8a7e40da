// Building elements without ever reading text as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element. A function among the attributes is a listener; null, undefined and false leave an attribute or a child out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function set(node, name, value) {
  if (typeof value === "function") node.addEventListener(name, value);
  else if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : value);
}

/** One of the drawings at the top of index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function iconButton(name, label, attributes = {}) {
  return el("button", { type: "button", class: "round", "aria-label": label, title: label, ...attributes }, icon(name));
}

export const byId = (id) => document.getElementById(id);

/** Runs `draw` once before the next frame, however often it is asked for until then. */
export function framed(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}

/** Gives an element a colour that is always the same for one id. */
export function tint(node, id) {
  node.style.setProperty("--hue", (Math.abs(Number(id)) * 77 + 200) % 360);
  return node;
}

/** A round picture of who somebody is. */
export function avatar(id, name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const initials = words.slice(0, 2).map((word) => [...word][0].toUpperCase());
  return tint(el("span", { class: "avatar", "aria-hidden": "true" }, initials.join("") || "?"), id);
}

export function botAvatar() {
  return el("span", { class: "avatar bot", "aria-hidden": "true" }, icon("quote"));
}
