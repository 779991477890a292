// Small comforts on top of pages that work without script.
"use strict";

// The menu closes on Escape and when the focus or a click goes elsewhere.
for (const menu of document.querySelectorAll("details.menu")) {
  const button = menu.querySelector("summary");
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      button.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("focusout", (event) => {
    if (menu.open && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}

// After a form came back with errors, the summary is what a reader must meet first.
const focusErrors = (root) => root.querySelector("[data-error-summary]")?.focus();
focusErrors(document);
document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.target));

// Filters: an address without empty values, and a panel that stays open on a phone while the list changes.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  for (const [name, value] of [...event.detail.formData.entries()])
    if (value === "") event.detail.formData.delete(name);
});
let openPanels = [];
let openLists = [];
document.addEventListener("htmx:beforeSwap", () => {
  openLists = [...document.querySelectorAll(".filters__more[open]")].map((list) => list.id);
  openPanels = [...document.querySelectorAll(".filters__panel:popover-open")].map((panel) => panel.id);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of openPanels) document.getElementById(id)?.showPopover?.();
  for (const id of openLists) document.getElementById(id)?.setAttribute("open", "");
  openPanels = [];
  openLists = [];
  // One place that screen readers listen to; the text is the list's own heading.
  const count = document.querySelector("[data-result-count]");
  const announcer = document.getElementById("announcer");
  if (count && announcer) announcer.textContent = count.textContent.trim();
});
document.addEventListener("submit", (event) => {
  event.target.closest(".filters__panel:popover-open")?.hidePopover();
});
