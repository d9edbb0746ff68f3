// The list and one conversation: n shows what is new; printing.

document.addEventListener("keydown", (event) => {
  if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  document.querySelector("[data-news]")?.click();
});

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
