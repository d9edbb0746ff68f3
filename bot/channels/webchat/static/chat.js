// The chat page: shows the conversation, sends messages, waits for replies. No framework, no build.
// Whatever people or the assistant wrote goes in as text, never as markup.

const allStrings = JSON.parse(document.body.dataset.strings);
const byId = (id) => document.getElementById(id);
const talk = byId("talk"), list = byId("messages"), typing = byId("typing"), status = byId("status");
const form = byId("composer"), input = byId("text"), notice = byId("notice"), jump = byId("jump");

const STORED_SESSION = "pti-session", STORED_LANGUAGE = "pti-language";
const WAIT_SECONDS = 20, RETRY_MS = [500, 1000, 2000, 4000, 8000], GIVE_UP_TYPING_MS = 30000;

let language = localStorage.getItem(STORED_LANGUAGE) || document.body.dataset.language;
let session = localStorage.getItem(STORED_SESSION);
let lastId = 0, lastDay = "", waitingSince = 0, generation = 0;
const pending = new Map(); // id acknowledged → the bubble that was shown at once

const say = (name) => allStrings[language][name];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// --- showing ---------------------------------------------------------------------------------

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function clock(when) {
  return when.toLocaleTimeString(language === "es" ? "es-MX" : "en-US", { hour: "numeric", minute: "2-digit" });
}

function showDay(when) {
  const day = when.toLocaleDateString(language === "es" ? "es-MX" : "en-US", { weekday: "long", day: "numeric", month: "long" });
  if (day === lastDay) return;
  lastDay = day;
  const item = element("li", "day", day);
  list.append(item);
}

function linked(text) {
  // Addresses become links; the rest stays text.
  const made = document.createDocumentFragment();
  const pattern = /(https?:\/\/[^\s<>"]+|\b(?:www\.)?[a-z0-9.-]+\.(?:gob\.mx|gov|com)(?:\/[^\s<>"]*)?)/gi;
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const address = match[0].replace(/[.,;:)!?]+$/, "");
    made.append(text.slice(from, match.index));
    const link = element("a", "", address);
    link.href = /^https?:/i.test(address) ? address : `https://${address}`;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    made.append(link);
    from = match.index + address.length;
  }
  made.append(text.slice(from));
  return made;
}

function showMessage(message) {
  const when = message.at ? new Date(message.at) : new Date();
  const atEnd = isAtEnd();
  showDay(when);
  const item = element("li", `message ${message.from}`);
  const bubble = element("div", "bubble");
  bubble.append(element("span", message.from === "agent" ? "author" : "visually-hidden", `${say(message.from === "user" ? "you" : message.from)}: `));
  if (message.image) {
    const image = element("img");
    image.src = message.image;
    image.alt = message.text || say("image");
    image.addEventListener("load", () => atEnd && toEnd());
    bubble.append(image);
  }
  if (message.text) bubble.append(message.from === "user" ? document.createTextNode(message.text) : linked(message.text));
  if (message.file) {
    const file = element("a", "", say("file"));
    file.href = message.file;
    file.target = "_blank";
    file.rel = "noopener";
    bubble.append(element("br"), file);
  }
  bubble.append(element("span", "time", clock(when)));
  item.append(bubble);
  if (message.options?.length) item.append(optionList(message.options));
  list.append(item);
  if (atEnd || message.from === "user") toEnd();
  else jump.hidden = false;
  return item;
}

function optionList(options) {
  const group = element("ul", "options");
  group.setAttribute("aria-label", say("options"));
  for (const option of options) {
    const place = element("li");
    const button = element("button", "option", option.title);
    button.type = "button";
    button.addEventListener("click", () => send(option.id ? { option: option.id } : { text: option.title }, option.title));
    place.append(button);
    group.append(place);
  }
  return group;
}

function retireOptions() {
  for (const button of list.querySelectorAll(".option")) button.disabled = true;
}

const isAtEnd = () => talk.scrollHeight - talk.scrollTop - talk.clientHeight < 120;
function toEnd() {
  talk.scrollTop = talk.scrollHeight;
  jump.hidden = true;
}
talk.addEventListener("scroll", () => { if (isAtEnd()) jump.hidden = true; });
jump.addEventListener("click", toEnd);

function setStatus(name) {
  status.dataset.string = name;
  status.textContent = say(name);
}

function writing(on) {
  typing.hidden = !on;
  waitingSince = on ? Date.now() : 0;
  setStatus(on ? "subtitle_writing" : "subtitle_ready");
  if (on && isAtEnd()) toEnd();
}

function showNotice(text) {
  notice.textContent = text || "";
  notice.hidden = !text;
}

// --- talking to the gateway --------------------------------------------------------------------

async function openSession() {
  const response = await fetch("/chat/api/sessions", { method: "POST" });
  if (response.status !== 201) throw new Error(String(response.status));
  session = (await response.json()).session;
  localStorage.setItem(STORED_SESSION, session);
  receive(generation);
}

async function post(body, key) {
  // The key lets the gateway drop a message that is sent again after a lost answer.
  for (let attempt = 0; ; attempt += 1) {
    try {
      if (!session) await openSession();
      const response = await fetch("/chat/api/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ session, key, ...body }),
      });
      if (response.status === 202) return await response.json();
      if (response.status === 404) forgetSession();
      else if (response.status < 500 && response.status !== 429) return { refused: response.status };
      else if (response.status === 429) showNotice(say("too_many"));
    } catch {
      setStatus("subtitle_offline");
    }
    if (attempt >= RETRY_MS.length) return { refused: 0 };
    await pause(RETRY_MS[attempt]);
  }
}

async function send(body, shown, key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.floor(Math.random() * 1e9)}`) {
  retireOptions();
  showNotice("");
  const item = showMessage({ from: "user", text: shown });
  const time = item.querySelector(".time");
  time.textContent = say("sending");
  writing(true);
  const result = await post(body, key);
  if (result.refused !== undefined) {
    writing(false);
    offerAgain(item, body, shown, key, result.refused);
    return;
  }
  showNotice("");
  time.textContent = clock(new Date());
  pending.set(result.id, item);
  if (result.id <= lastId) pending.delete(result.id);
}

function offerAgain(item, body, shown, key, refused) {
  item.querySelector(".time").textContent = "";
  const again = element("button", "failed", say(refused === 413 ? "too_long" : "not_sent"));
  again.type = "button";
  again.addEventListener("click", () => {
    item.remove();
    if (refused === 413) { input.value = shown; input.focus(); grow(); } else send(body, shown, key);
  });
  item.append(again);
}

async function receive(mine) {
  let failures = 0;
  while (mine === generation && session) {
    try {
      const response = await fetch(`/chat/api/messages?session=${encodeURIComponent(session)}&after=${lastId}&wait=${WAIT_SECONDS}`);
      if (mine !== generation) return;
      if (response.status === 404) { forgetSession(); return; }
      if (!response.ok) throw new Error(String(response.status));
      failures = 0;
      if (status.dataset.string === "subtitle_offline") setStatus(typing.hidden ? "subtitle_ready" : "subtitle_writing");
      take((await response.json()).messages);
    } catch {
      failures += 1;
      setStatus("subtitle_offline");
      await pause(RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]);
    }
    if (waitingSince && Date.now() - waitingSince > GIVE_UP_TYPING_MS) writing(false);
  }
}

function take(messages) {
  for (const message of messages) {
    if (message.id <= lastId) continue;
    lastId = message.id;
    if (message.from === "user" && pending.delete(message.id)) continue;
    if (message.from === "user" && isShown(message)) continue;
    if (message.from !== "user") writing(false);
    retireOptions();
    showMessage(message);
  }
}

function isShown(message) {
  // The reply to our own POST may come after the message itself arrived here.
  const unsent = [...list.querySelectorAll(".message.user")].find((item) => item.querySelector(".time").textContent === say("sending"));
  if (!unsent || !unsent.textContent.includes(message.text)) return false;
  unsent.querySelector(".time").textContent = clock(new Date(message.at));
  return true;
}

function forgetSession() {
  session = null;
  lastId = 0;
  generation += 1;
  localStorage.removeItem(STORED_SESSION);
}

// --- the page ------------------------------------------------------------------------------------

function welcome() {
  list.textContent = "";
  lastDay = "";
  showMessage({ from: "bot", text: say("welcome"), options: say("starters").map((title) => ({ title })) });
}

function setLanguage(next) {
  language = next;
  localStorage.setItem(STORED_LANGUAGE, language);
  document.documentElement.lang = language;
  document.title = say("title");
  for (const place of document.querySelectorAll("[data-string]")) place.textContent = say(place.dataset.string);
  input.placeholder = say("composer_hint");
  input.setAttribute("aria-label", say("composer_label"));
  list.setAttribute("aria-label", say("conversation"));
  byId("send").setAttribute("aria-label", say("send"));
  byId("language").textContent = say("other_language");
  byId("language").setAttribute("aria-label", say("other_language_label"));
  byId("new-chat").setAttribute("aria-label", say("new_chat"));
  byId("new-chat").title = say("new_chat");
  jump.textContent = say("jump");
}

function grow() {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight + 2, 136)}px`;
}

input.addEventListener("input", grow);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  grow();
  send({ text }, text);
});
byId("language").addEventListener("click", () => {
  const request = say("other_language_message");
  setLanguage(language === "es" ? "en" : "es");
  if (session) send({ text: request }, request);
  else welcome();
});
byId("new-chat").addEventListener("click", () => {
  if (session && !window.confirm(say("new_chat_confirm"))) return;
  forgetSession();
  writing(false);
  pending.clear();
  welcome();
  input.focus();
});

setLanguage(language);
welcome();
if (session) receive(generation);
if (window.matchMedia("(min-width: 47rem)").matches) input.focus();
