// Menus that pop up beside a button and are driven by mouse, touch or keyboard.

import { el } from "./dom.js";

const GAP = 6;

/** Opens a menu of `items` ({label, note?, icon?, checked?, danger?, choose}) and focuses its first. */
export function openMenu(anchor, label, items, { row = false } = {}) {
  const menu = el("div", { role: "menu", "aria-label": label, class: row ? "menu in-a-row" : "menu", popover: "auto" });
  menu.append(...items.map((item) => menuItem(item, menu)));
  menu.addEventListener("keydown", (event) => steer(event, menu));
  menu.addEventListener("toggle", (event) => event.newState === "closed" && closed(menu, anchor));
  document.body.append(menu);
  menu.showPopover();
  anchor.setAttribute("aria-expanded", "true");
  place(menu, anchor.getBoundingClientRect(), anchor.closest("main, aside")?.getBoundingClientRect().right ?? innerWidth);
  menu.firstElementChild?.focus();
}

function menuItem(item, menu) {
  const choose = () => {
    menu.hidePopover();
    item.choose();
  };
  const role = item.checked === undefined ? "menuitem" : "menuitemradio";
  const checked = item.checked === undefined ? null : String(item.checked);
  return el(
    "button",
    { type: "button", role, tabindex: -1, "aria-checked": checked, class: item.danger && "danger", click: choose },
    item.icon,
    el("span", { class: "menu-label", dir: "auto" }, item.label),
    item.note && el("span", { class: "menu-note", dir: "auto" }, " ", item.note),
  );
}

function closed(menu, anchor) {
  const hadFocus = menu.contains(document.activeElement) || document.activeElement === document.body;
  menu.remove();
  anchor.setAttribute("aria-expanded", String(document.querySelector(".menu") !== null)); // one may have led to another
  if (hadFocus && anchor.isConnected) anchor.focus();
}

function steer(event, menu) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length).focus();
}

/** Above or below the anchor, wherever there is more room, in the anchor's column and never outside the window. */
function place(menu, anchor, columnEnd) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const fitsBelow = anchor.bottom + GAP + height <= innerHeight;
  const top = fitsBelow || anchor.top < innerHeight - anchor.bottom ? anchor.bottom + GAP : anchor.top - GAP - height;
  const left = anchor.left + width <= columnEnd - GAP ? anchor.left : anchor.right - width;
  menu.style.top = `${Math.max(GAP, Math.min(top, innerHeight - height - GAP))}px`;
  menu.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
}
