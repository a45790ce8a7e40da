// Requests to the server, each answered with its JSON or an Error that says what went wrong.

const UNREACHABLE = "The playground is not responding. Is it still running?";

async function request(method, path, body) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetch(`/sim${path}`, { method, headers, body: JSON.stringify(body) }).catch(() => {
    throw new Error(UNREACHABLE);
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The playground answered ${response.status}.`);
  return answer;
}

const messagePath = (chat, message) => `/chats/${chat}/messages/${message}`;

export const say = ({ chat, ...message }) => request("POST", `/chats/${chat}/messages`, message);
export const change = (chat, message, fields) => request("PATCH", messagePath(chat, message), fields);
export const remove = (chat, message) => request("DELETE", messagePath(chat, message));
export const forward = (chat, message, fields) => request("POST", `${messagePath(chat, message)}/forward`, fields);
export const press = (chat, message, fields) => request("POST", `${messagePath(chat, message)}/press`, fields);
export const react = (chat, message, fields) => request("POST", `${messagePath(chat, message)}/reaction`, fields);
export const switchFault = (name, on) => request("PUT", `/faults/${name}`, { on });
export const changePermissions = (chat, fields) => request("PATCH", `/chats/${chat}/permissions`, fields);
export const changeBot = (chat, what, from) => request("POST", `/chats/${chat}/bot`, { do: what, from });
export const changeMode = (fields) => request("PATCH", "/bot", fields);
export const openLink = (fields) => request("POST", "/links", fields);
export const killBot = () => request("POST", "/process/kill", {});
export const killInTheMiddle = (fields) => request("POST", "/process/kill-in-the-middle", fields);
export const fileUrl = (fileId) => `/sim/files/${encodeURIComponent(fileId)}`;

/** Sends a file; only XMLHttpRequest tells how far an upload is. `progress` gets 0 to 1. */
export function upload({ chat, file, ...fields }, progress) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== null && value !== undefined) form.append(name, value);
  form.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", `/sim/chats/${chat}/files`);
    sending.responseType = "json";
    sending.upload.addEventListener("progress", (event) => progress(event.total ? event.loaded / event.total : 0));
    sending.addEventListener("error", () => reject(new Error(UNREACHABLE)));
    sending.addEventListener("load", () => {
      if (sending.status < 400) resolve(sending.response);
      else reject(new Error(sending.response?.error ?? `The playground answered ${sending.status}.`));
    });
    sending.send(form);
  });
}
