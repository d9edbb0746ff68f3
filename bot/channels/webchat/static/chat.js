// The chat page: shows the conversation, sends messages, waits for replies. No framework, no build.
// Whatever people or the assistant wrote goes in as text, never as markup.

const WAIT_SECONDS = 20, WAIT_TIMEOUT_MS = 35000, POST_TIMEOUT_MS = 15000, OWN_POST_MS = 3000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000], WRITING_MS = 30000, AT_END_PX = 48;

const byId = (id) => document.getElementById(id);
const talk = byId("talk"), log = byId("log"), list = byId("messages"), typing = byId("typing"), status = byId("status");
const form = byId("composer"), input = byId("text"), notice = byId("notice"), jump = byId("jump"), count = byId("count");
const ask = byId("ask"), welcome = byId("welcome");

// --- what is kept in the browser ---------------------------------------------------------------

function kept(area, name) {
  try { return window[area].getItem(`pti-${name}`); } catch { return null; }
}
function keep(area, name, value) {
  try {
    if (value === null) window[area].removeItem(`pti-${name}`);
    else window[area].setItem(`pti-${name}`, value);
  } catch { /* storage is blocked: the conversation lasts as long as the page */ }
}

// --- language ------------------------------------------------------------------------------------

const allStrings = JSON.parse(document.body.dataset.strings);
const asked = new URLSearchParams(location.search).has("lang");
let language = document.body.dataset.language;
if (!asked && allStrings[kept("localStorage", "language")]) language = kept("localStorage", "language");

function say(name, values = {}) {
  const text = name.split(".").reduce((found, part) => found[part], allStrings[language]);
  return text.replace(/\{(\w+)\}/g, (_, value) => values[value]);
}
const locale = () => (language === "es" ? "es-MX" : "en-US");

function setLanguage(next) {
  language = next;
  document.documentElement.lang = language;
  document.title = say("title");
  byId("language").lang = say("other_language_code");
  byId("new-chat").title = say("new_chat");
  byId("privacy").href = `/privacy?lang=${language}`;
  input.placeholder = say("composer_hint");
  for (const place of document.querySelectorAll("[data-string]")) place.textContent = say(place.dataset.string);
  for (const place of document.querySelectorAll("[data-label]")) place.setAttribute("aria-label", say(place.dataset.label));
  for (const time of list.querySelectorAll("time")) writeTime(time);
  for (const day of list.querySelectorAll(".day")) day.textContent = dayName(new Date(day.dataset.at));
  showJump();
}

// --- showing a message -----------------------------------------------------------------------------

const shown = new Map(); // id → its place in the list

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function labelled(tag, className, name) {
  // A text of the page's own: it changes with the language.
  const made = element(tag, className, say(name));
  made.dataset.string = name;
  return made;
}

function writeTime(time) {
  time.textContent = new Date(time.dateTime).toLocaleTimeString(locale(), { hour: "numeric", minute: "2-digit" });
}

function dayName(when) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const ago = Math.round((midnight(new Date()) - midnight(when)) / 86400000);
  const parts = { weekday: "long", day: "numeric", month: "long" };
  if (when.getFullYear() !== new Date().getFullYear()) parts.year = "numeric";
  const name = ago === 0 || ago === 1
    ? new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(-ago, "day")
    : when.toLocaleDateString(locale(), parts);
  return name[0].toUpperCase() + name.slice(1);
}

function safeAddress(raw) {
  // Nothing but the web's own addresses becomes a link.
  try {
    const address = new URL(raw, location.origin);
    return /^https?:$/.test(address.protocol) ? address.href : null;
  } catch { return null; }
}

function outwardLink(address, className, text) {
  const link = element("a", className, text);
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function linked(text) {
  // Addresses become links; the rest stays text. What follows an @ is a mail address, not a page.
  const made = document.createDocumentFragment();
  const pattern = /https?:\/\/[^\s<>"]+|(?<![\w@./-])(?:[a-z0-9-]+\.)*(?:gob\.mx|[a-z0-9-]+\.(?:gov|com|org|mx))(?![\w@-])(?:\/[^\s<>"]*)?/gi;
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const written = match[0].replace(/[.,;:)!?»”]+$/, "");
    const address = safeAddress(/^https?:/i.test(written) ? written : `https://${written}`);
    if (!address) continue;
    made.append(text.slice(from, match.index), outwardLink(address, "", written));
    from = match.index + written.length;
  }
  made.append(text.slice(from));
  return made;
}

function answerText(text) {
  // The last line of an answer may say where it comes from: it is there for who looks for it.
  const source = /\n(?:Fuente|Source)s?: [^\n]*$/.exec(text);
  if (!source) return linked(text);
  const made = linked(text.slice(0, source.index + 1)), line = element("span", "source");
  line.append(linked(text.slice(source.index + 1)));
  made.append(line);
  return made;
}

function picture(raw) {
  const inline = /^data:image\/(png|jpeg|gif|webp);base64,/.test(raw);
  const address = inline ? raw : safeAddress(raw);
  if (!address) return labelled("p", "missing", "no_image");
  const image = element("img", "picture");
  image.alt = say("image");
  const place = inline ? element("div") : outwardLink(address, "");
  image.addEventListener("load", () => image.classList.add("loaded"));
  image.addEventListener("error", () => place.replaceWith(labelled("p", "missing", "no_image")));
  image.src = address;
  place.append(image);
  return place;
}

function attachment(raw) {
  const address = safeAddress(raw);
  if (!address) return "";
  const link = outwardLink(address, "file");
  const icon = element("img");
  icon.src = "/static/file.svg";
  icon.alt = "";
  const words = element("span", "file-words");
  let name = new URL(address).pathname.split("/").pop();
  try { name = decodeURIComponent(name); } catch { /* a % that is no escape: shown as it is */ }
  words.append(element("span", "file-name", name), labelled("span", "file-hint", "file"));
  link.append(icon, words);
  return link;
}

function messageItem(message) {
  const item = element("li", `message ${message.from}`);
  const when = message.at ? new Date(message.at) : new Date();
  item.dataset.at = when.toISOString();
  if (message.agent) item.dataset.agent = "";
  const bubble = element("div", "bubble");
  const author = element("span", message.from === "agent" ? "author" : "visually-hidden");
  // Who of the call center it is, where the message says so.
  const name = message.by ? element("span", "", message.by) : labelled("span", "", message.from === "user" ? "you" : message.from);
  author.append(name, ": ");
  bubble.append(author);
  if (message.image) bubble.append(picture(message.image));
  if (message.text) {
    const text = element("div", "text");
    text.dir = "auto";
    text.append(message.from === "user" ? message.text : answerText(message.text));
    bubble.append(text);
  }
  if (message.file) bubble.append(attachment(message.file));
  const time = element("time", message.from === "user" ? "sent" : "");
  time.dateTime = item.dataset.at;
  writeTime(time);
  const foot = element("div", "foot-line");
  foot.append(time);
  bubble.append(foot);
  item.append(bubble);
  if (message.options?.length) item.append(optionList(message.options));
  return item;
}

function optionList(options) {
  const group = element("ul", "options");
  group.setAttribute("role", "list");
  group.dataset.label = "options";
  group.setAttribute("aria-label", say("options"));
  for (const option of options) {
    const place = element("li"), button = element("button", "option", option.title);
    button.type = "button";
    button.dataset.option = option.id;
    button.dir = "auto";
    place.append(button);
    group.append(place);
  }
  return group;
}

function retireOptions(chosen) {
  // They keep the keyboard's focus where it was, which a disabled button would lose.
  for (const button of list.querySelectorAll(".option:not([aria-disabled])")) {
    button.setAttribute("aria-disabled", "true");
    button.tabIndex = -1;
    button.classList.toggle("chosen", button.textContent === chosen);
  }
}

list.addEventListener("click", (event) => {
  const button = event.target.closest(".option");
  if (!button || button.getAttribute("aria-disabled")) return;
  const { option } = button.dataset;
  send(option ? { option } : { text: button.textContent }, button.textContent);
});

function place(message) {
  // In the order of the ids; what is not acknowledged yet stays last.
  const item = messageItem(message);
  let next = null;
  for (let at = list.lastElementChild; at && comesAfter(at, message); at = at.previousElementSibling) next = at;
  if (message.from === "user" && !next) retireOptions(message.text);
  list.insertBefore(item, next);
  if (message.id) {
    item.dataset.id = message.id;
    shown.set(message.id, item);
  } else item.dataset.pending = "";
  const before = item.previousElementSibling, day = new Date(item.dataset.at).toDateString();
  if (!before?.dataset.at || new Date(before.dataset.at).toDateString() !== day) {
    const separator = element("li", "day", dayName(new Date(item.dataset.at)));
    separator.dataset.at = item.dataset.at;
    list.insertBefore(separator, item);
  }
  return item;
}

function comesAfter(item, message) {
  if (!message.id) return false;
  return "pending" in item.dataset || Number(item.dataset.id) > message.id;
}

// --- where the person is in the conversation -------------------------------------------------------

let following = true, lastTop = 0, unseen = 0;

const belowView = () => talk.scrollHeight - talk.scrollTop - talk.clientHeight;
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

function toEnd(smooth = false) {
  following = true;
  talk.scrollTo({ top: talk.scrollHeight, behavior: smooth && !calm.matches ? "smooth" : "auto" });
  showJump();
}

function showNew(first, howMany) {
  // An answer that is taller than the screen is shown from its beginning, with a short question above it.
  if (!following) unseen += howMany;
  else {
    const before = first.previousElementSibling;
    const question = before?.classList.contains("user") && before.offsetHeight < talk.clientHeight / 4;
    const top = (question ? before : first).offsetTop - talk.offsetTop - 8;
    if (top < talk.scrollHeight - talk.clientHeight) {
      following = false;
      talk.scrollTo({ top });
    } else toEnd();
  }
  showJump();
}

function showJump() {
  if (following) unseen = 0;
  jump.hidden = following;
  count.hidden = unseen === 0;
  count.textContent = unseen || "";
  jump.setAttribute("aria-label", unseen ? say("jump_new", { count: unseen }) : say("jump"));
}

talk.addEventListener("scroll", () => {
  if (belowView() < AT_END_PX) following = true;
  else if (talk.scrollTop < lastTop) following = false;
  lastTop = talk.scrollTop;
  showJump();
});
jump.addEventListener("click", () => {
  toEnd(true);
  talk.focus({ preventScroll: true });
});
// A picture that loads, "writing…", the keyboard of a phone: who was at the end stays there.
const keepPlace = new ResizeObserver(() => { if (following) toEnd(); });
for (const part of [talk, log, typing]) keepPlace.observe(part);
if (window.visualViewport) {
  // Safari on a phone does not make the page smaller for its keyboard.
  const fit = () => {
    if (visualViewport.scale > 1.01) return;
    document.documentElement.style.setProperty("--height", `${visualViewport.height}px`);
    window.scrollTo(0, 0);
  };
  visualViewport.addEventListener("resize", fit);
}

// --- the line under the name -------------------------------------------------------------------------

let offline = false, refreshLater = 0;

function refreshStatus() {
  clearTimeout(refreshLater);
  const messages = list.querySelectorAll(".message");
  const last = messages[messages.length - 1];
  const theirs = list.querySelectorAll(".message:not(.user)");
  const withAgent = "agent" in theirs[theirs.length - 1].dataset;
  const left = last.classList.contains("user") && !last.querySelector(".failed")
    ? WRITING_MS - Math.abs(Date.now() - new Date(last.dataset.at)) : 0;
  const writing = left > 0 && !withAgent && !offline;
  if (writing) refreshLater = setTimeout(refreshStatus, left);
  typing.hidden = !writing;
  const name = offline ? "subtitle_offline" : writing ? "subtitle_writing" : withAgent ? "subtitle_agent" : "subtitle_ready";
  if (status.dataset.string === name) return;
  status.dataset.string = name;
  status.textContent = say(name);
}

function setOffline(is) {
  if (is === offline) return;
  offline = is;
  refreshStatus();
}

function showNotice(text = "") {
  notice.textContent = text;
}

// --- talking to the gateway ----------------------------------------------------------------------------

let session = kept("localStorage", "session");
let lastId = 0, poll = null, posting = null, sender = null, wake = () => {};
const outgoing = []; // { key, body, text, item }, the first is on its way

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function pauseOrWake(ms) {
  // Ends early when the browser says that the network is back, or the page is looked at again.
  return Promise.race([pause(ms), new Promise((done) => { const before = wake; wake = () => { before(); done(); }; })]);
}
function wakeUp() {
  const waiting = wake;
  wake = () => {};
  waiting();
}

async function request(address, options, timeout, signal) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, timeout);
  signal?.addEventListener("abort", abort);
  try {
    const response = await fetch(address, { ...options, signal: controller.signal });
    const body = response.ok ? await response.json() : null;
    return { status: response.status, body, retryAfter: Number(response.headers.get("Retry-After")) || 1 };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

async function openSession() {
  const { status: code, body } = await request("/chat/api/sessions", { method: "POST" }, POST_TIMEOUT_MS);
  if (code !== 201) throw new Error(`session: ${code}`);
  session = body.session;
  keep("localStorage", "session", session);
}

function forgetSession() {
  session = null;
  lastId = 0;
  poll?.abort();
  shown.clear();
  keep("localStorage", "session", null);
}

function newKey() {
  // Addresses without https have no randomUUID.
  const parts = crypto.getRandomValues(new Uint32Array(4));
  return [...parts].map((part) => part.toString(16).padStart(8, "0")).join("-");
}

function send(body, text, key = newKey()) {
  showNotice();
  const item = place({ from: "user", text });
  item.classList.add("new");
  item.querySelector("time").replaceWith(labelled("span", "sending", "sending"));
  outgoing.push({ key, body, text, item, dropped: false });
  keepUnsent();
  toEnd();
  refreshStatus();
  if (!sender) sendAll();
}

function keepUnsent() {
  const unsent = outgoing.map(({ key, body, text }) => ({ key, body, text }));
  keep("sessionStorage", "unsent", unsent.length ? JSON.stringify(unsent) : null);
}

async function sendAll() {
  // One at a time: messages arrive in the order in which they were written.
  const me = {};
  sender = me;
  while (outgoing.length) {
    const message = outgoing[0];
    const id = await post(message);
    if (me !== sender) return; // another conversation was begun
    outgoing.shift();
    keepUnsent();
    if (id) acknowledge(message.item, id);
    else offerAgain(message);
    refreshStatus();
  }
  sender = null;
}

async function post(message) {
  for (let attempt = 0; !message.dropped; attempt += 1) {
    try {
      if (!session) await openSession();
      if (message.dropped) return null;
      // The key lets the gateway drop a message that is sent again after a lost answer.
      posting = request("/chat/api/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ session, key: message.key, ...message.body }),
      }, POST_TIMEOUT_MS);
      const { status: code, body, retryAfter } = await posting;
      setOffline(code >= 500);
      if (code === 202) {
        showNotice();
        if (!poll || poll.signal.aborted) startReceiving(false);
        return body.id;
      }
      if (code === 404) {
        forgetSession();
        message.body = { text: message.text }; // an option belongs to its conversation
      } else if (code === 429) {
        showNotice(say("too_many"));
        await pause(retryAfter * 1000);
        continue;
      } else if (code < 500) return null;
    } catch {
      setOffline(true);
    } finally {
      posting = null;
    }
    await pauseOrWake(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]);
  }
  return null;
}

function acknowledge(item, id) {
  if (shown.has(id) && shown.get(id) !== item) {
    item.remove(); // it came with the conversation before the answer to our own request did
    return;
  }
  delete item.dataset.pending;
  item.dataset.id = id;
  shown.set(id, item);
  const time = element("time", "sent");
  time.dateTime = item.dataset.at;
  writeTime(time);
  item.querySelector(".sending")?.replaceWith(time);
}

function offerAgain({ item, text, key, body }) {
  item.querySelector(".sending")?.remove();
  const again = labelled("button", "failed", "not_sent");
  again.type = "button";
  again.addEventListener("click", () => {
    item.remove();
    send(body, text, key);
  });
  item.append(again);
}

function startReceiving(old = lastId === 0) {
  poll?.abort();
  if (!session || document.hidden) return;
  poll = new AbortController();
  log.setAttribute("aria-busy", String(old)); // an old conversation is not read out
  receive(poll.signal);
}

async function receive(signal) {
  let wait = 0, failures = 0;
  while (!signal.aborted) {
    try {
      const query = new URLSearchParams({ session, after: lastId, wait });
      const { status: code, body } = await request(`/chat/api/messages?${query}`, {}, WAIT_TIMEOUT_MS, signal);
      if (signal.aborted) return;
      if (code === 404) return forgetSession();
      if (code !== 200) throw new Error(`messages: ${code}`);
      failures = 0;
      setOffline(false);
      await ownPost();
      if (signal.aborted) return;
      take(body.messages);
      if (!body.messages.length) {
        wait = WAIT_SECONDS;
        log.setAttribute("aria-busy", "false");
      }
    } catch {
      if (signal.aborted) return;
      setOffline(true);
      wait = 0;
      await pauseOrWake(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
      failures += 1;
    }
  }
}

async function ownPost() {
  // Our own message may come with the conversation before its acknowledgement has told its id.
  if (!posting) return;
  await Promise.race([posting.catch(() => {}), pause(OWN_POST_MS)]);
  await pause(0); // until the acknowledgement is written into the list
}

function take(messages) {
  const live = log.getAttribute("aria-busy") !== "true";
  let first = null, fresh = 0;
  for (const message of messages) {
    lastId = Math.max(lastId, message.id);
    if (shown.has(message.id)) continue;
    const item = place(message);
    if (live) item.classList.add("new");
    if (message.from === "user") continue;
    first = first ?? item;
    fresh += 1;
  }
  if (!live) toEnd();
  else if (first) showNew(first, fresh);
  else if (following) toEnd();
  refreshStatus();
}

// --- the page ----------------------------------------------------------------------------------------

function clearConversation() {
  for (const message of outgoing.splice(0)) message.dropped = true;
  sender = null;
  keepUnsent();
  list.replaceChildren(welcome);
  for (const button of welcome.querySelectorAll(".option")) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("tabindex");
    button.classList.remove("chosen");
  }
  offline = false;
  showNotice();
  toEnd();
  refreshStatus();
}

function resume() {
  const unsent = kept("sessionStorage", "unsent");
  startReceiving();
  if (unsent) for (const { body, text, key } of JSON.parse(unsent)) send(body, text, key);
}

function grow() {
  input.style.height = "auto";
  const most = parseFloat(getComputedStyle(input).maxHeight);
  input.style.height = `${Math.min(input.scrollHeight + 2, most)}px`;
  input.style.overflowY = input.scrollHeight + 2 > most ? "auto" : "hidden";
}

function tooLong() {
  const most = Number(document.body.dataset.max), length = [...input.value.trim()].length;
  showNotice(length > most ? say("too_long", { length, most }) : "");
  return length > most;
}

input.addEventListener("input", () => {
  grow();
  tooLong();
});
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text || tooLong()) return;
  input.value = "";
  grow();
  send({ text }, text);
});
// A tap on the button would close a phone's keyboard.
byId("send").addEventListener("pointerdown", (event) => event.preventDefault());

byId("language").addEventListener("click", () => {
  const sentence = say("other_language_message");
  setLanguage(language === "es" ? "en" : "es");
  keep("localStorage", "language", language);
  if (session) send({ text: sentence }, sentence);
});
byId("new-chat").addEventListener("click", () => {
  if (!session && !outgoing.length) return input.focus();
  ask.returnValue = "";
  ask.showModal();
});
ask.addEventListener("close", () => {
  if (ask.returnValue !== "yes") return;
  forgetSession();
  clearConversation();
  input.focus();
});

window.addEventListener("offline", () => setOffline(true));
window.addEventListener("online", () => {
  // A request that waits on the network of before would hang.
  if (poll) startReceiving();
  else setOffline(false);
  wakeUp();
});
document.addEventListener("visibilitychange", () => {
  // A page that nobody looks at does not hold a connection; it catches up when it is looked at again.
  if (document.hidden) poll?.abort();
  else if (!poll || poll.signal.aborted) startReceiving();
  wakeUp();
});
window.addEventListener("storage", (event) => {
  // Another tab of this browser began a conversation, or another one.
  if (event.key !== "pti-session" || event.newValue === session) return;
  session = event.newValue;
  lastId = 0;
  poll?.abort();
  shown.clear();
  clearConversation();
  startReceiving();
});

setLanguage(language);
toEnd();
resume();
if (window.matchMedia("(hover: hover) and (min-width: 47rem)").matches) input.focus();
