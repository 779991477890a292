// A form that htmx brings in gets the text editor that a form of the page itself has: the editor looks for
// new fields when the admin says that a form was added.
document.addEventListener("htmx:load", (event) => {
  event.detail.elt.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
});

// The page is hidden until the admin's own script runs, so the browser finds nothing to put the focus on.
window.addEventListener("load", () => {
  if (document.activeElement === document.body) document.querySelector("#edit-desk [autofocus]")?.focus();
});

// Where a piece is dropped, moved or saved, the page keeps its place.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "edit-desk") return;
  const open = document.querySelector("#edit-desk [role=alert], #edit-desk .edit-form");
  if (open) open.scrollIntoView({ block: "nearest" });
});

// The text editor stands in for a textarea, and takes over the name that the label gives it.
document.addEventListener("prose-editor:ready", (event) => {
  const label = event.detail.textarea.labels[0];
  if (label) event.detail.editor.view.dom.setAttribute("aria-label", label.textContent.trim());
});
