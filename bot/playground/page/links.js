// Links to the bot, which are followed here as an app of Telegram would follow them.

import { openLink } from "./api.js";
import { openMenu } from "./menu.js";
import { apply, choose, model, nameOf, openChat, peopleOf, speakerOf } from "./model.js";
import { toast, trying } from "./notices.js";
import { showChat } from "./panes.js";

const HOSTS = ["t.me", "telegram.me"];
const PLACES = { startgroup: ["group", "supergroup"], startchannel: ["channel"] };

/** Whether a link leads to the bot of this playground. */
export function leadsToBot(url) {
  if (!URL.canParse(url)) return false;
  const { hostname, pathname } = new URL(url);
  return HOSTS.includes(hostname) && pathname.slice(1).toLowerCase() === model.bot.username?.toLowerCase();
}

/** Follows a link to the bot as who speaks; where it leads into a group, `anchor` opens a menu of those to choose from. */
export function follow(anchor, url) {
  const from = speakerOf(openChat());
  const place = Object.keys(PLACES).find((name) => new URL(url).searchParams.has(name));
  if (!place) return go({ from, url });
  const fitting = (chat) => PLACES[place].includes(chat.type) && peopleOf(chat).some(({ id }) => id === from);
  const chats = [...model.chats.values()].filter(fitting);
  if (chats.length === 0) return toast("There is no chat for that link to lead to.");
  return openMenu(anchor, "Add to", chats.map((chat) => ({ label: nameOf(chat), choose: () => go({ from, url, to: chat.id }) })));
}

async function go(fields) {
  const chat = await trying(() => openLink(fields));
  if (!chat) return;
  if (!model.chats.has(chat.id)) apply("chat", chat); // the event that tells of it is still on its way
  choose(chat.id);
  showChat({ byMouse: false });
}
