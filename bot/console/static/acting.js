// The queue and the panel of a conversation: keys for deeds, and looking again for what is new.
// Where a script polls instead of HTMX's own "every", nothing is taken away that somebody is using.

const EVERY_MS = 4000;
const POLLED = "[hx-trigger*='look-again']";

const inUse = (place) => place.contains(document.activeElement) && document.activeElement !== place;

setInterval(() => {
  if (document.hidden) return;
  for (const place of document.querySelectorAll(POLLED)) {
    if (!inUse(place)) htmx.trigger(place, "look-again");
  }
}, EVERY_MS);

const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("#composer");
    if (form) form.requestSubmit();
    return;
  }
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const place = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!place) return;
  event.preventDefault();
  if (place.matches("button")) place.click();
  else place.focus();
});
