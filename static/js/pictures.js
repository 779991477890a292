// On the page of a picture: shows the crop and the focus on the original, and takes a click there as the focus.
// The numbers in the form are what counts; without this script they are typed.
document.addEventListener("DOMContentLoaded", () => {
  const original = document.querySelector("[data-crop] .picture-desk__original");
  const field = (name) => document.getElementById(`id_${name}`);
  if (!original || !field("focus_x")) return;
  const kept = document.createElement("div");
  const focus = document.createElement("div");
  kept.className = "picture-desk__kept";
  focus.className = "picture-desk__focus";
  original.append(kept, focus);
  original.dataset.live = "";

  const number = (name, most) => Math.min(Math.max(Number(field(name).value) || 0, 0), most);
  const draw = () => {
    for (const side of ["left", "right", "top", "bottom"]) {
      kept.style[side] = `${number(`cut_${side}`, 90)}%`;
    }
    focus.style.left = `${number("focus_x", 100)}%`;
    focus.style.top = `${number("focus_y", 100)}%`;
  };
  original.addEventListener("click", (event) => {
    const box = original.getBoundingClientRect();
    field("focus_x").value = Math.round((100 * (event.clientX - box.left)) / box.width);
    field("focus_y").value = Math.round((100 * (event.clientY - box.top)) / box.height);
    draw();
  });
  for (const name of ["focus_x", "focus_y", "cut_left", "cut_right", "cut_top", "cut_bottom"]) {
    field(name).addEventListener("input", draw);
  }
  draw();
});
