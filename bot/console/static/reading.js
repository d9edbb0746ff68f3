// The list and one conversation: n shows what is new; pictures; the newest message in sight; printing.

document.addEventListener("keydown", (event) => {
  if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  document.querySelector("[data-news]")?.click();
});

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());

// A person's picture is fetched when somebody asks for it: each opening is noted.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-picture]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const picture = new Image();
  picture.className = "picture";
  picture.alt = link.dataset.picture;
  picture.addEventListener("load", () => link.replaceWith(picture));
  picture.addEventListener("error", () => window.open(link.href, "_blank", "noopener"));
  picture.src = link.href;
});

// The newest message is in sight, unless somebody reads further up.
const NEAR_PX = 80;
const timeline = document.getElementById("timeline");
if (timeline) {
  let atEnd = true;
  const toEnd = () => { if (atEnd) timeline.scrollTop = timeline.scrollHeight; };
  timeline.addEventListener("scroll", () => {
    atEnd = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < NEAR_PX;
  });
  document.body.addEventListener("htmx:afterSettle", toEnd);
  toEnd();
}
