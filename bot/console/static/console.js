// Keys for every page: j and k walk through what is marked data-row, / goes to data-search, ? helps.
// A row is a link, or has one in it; Enter on the focused link is the browser's own.

const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

function rows() {
  return [...document.querySelectorAll("[data-row]")]
    .map((row) => (row.matches("a, button") ? row : row.querySelector("a, button")))
    .filter((link) => link !== null && link.offsetParent !== null);
}

function walk(step) {
  const links = rows();
  if (links.length === 0) return;
  const here = links.findIndex((link) => link === document.activeElement || link.closest("[data-row]")?.contains(document.activeElement));
  const next = here === -1 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1);
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}

const help = () => document.getElementById("keys")?.showModal();

const keys = {
  j: () => walk(1),
  k: () => walk(-1),
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": help,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const deed = keys[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});

document.querySelectorAll("[data-help]").forEach((button) => button.addEventListener("click", help));

// HTMX shows nothing where an answer is an error: the page says so.
function notice(text) {
  const place = document.getElementById("notice");
  place.textContent = text;
  place.hidden = false;
  setTimeout(() => { place.hidden = true; }, 6000);
}
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, () => notice(document.body.dataset.failed));
}
