// Small comforts on top of pages that work without script.

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
