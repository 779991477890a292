// The clock of the seats that are held while a form is filled in. Without script the page says until when.
"use strict";

let ticking = 0;

// Read aloud at these minutes before the end; a voice every second would be in the way.
const SPOKEN_MINUTES = [5, 2, 1];

function say(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}

function startClock(box) {
  clearInterval(ticking);
  const line = box.querySelector("[data-hold-seconds]");
  if (!line) return;
  // The reader's clock may be wrong, so it only measures how long ago the server answered.
  const end = Date.now() + Number(line.dataset.holdSeconds) * 1000;
  const clock = line.querySelector("[data-hold-clock]");
  let spoken = Number(line.dataset.holdSeconds) / 60;

  const tick = () => {
    const left = Math.max(Math.ceil((end - Date.now()) / 1000), 0);
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    box.classList.toggle("seat-hold--hurry", left <= 60);
    const due = SPOKEN_MINUTES.find((minutes) => left <= minutes * 60 && minutes < spoken && left > (minutes - 1) * 60);
    if (due) {
      spoken = due;
      say(due === 1 ? line.dataset.minuteText : line.dataset.minutesText.replace("#", String(due)));
    }
    if (left > 0) return;
    clearInterval(ticking);
    line.textContent = line.dataset.outText;
    box.classList.remove("seat-hold--held", "seat-hold--hurry");
    box.classList.add("seat-hold--out");
    say(line.dataset.outText);
  };
  tick();
  ticking = setInterval(tick, 1000);
}

const present = document.getElementById("seat-hold");
if (present) startClock(present);

document.addEventListener("htmx:afterSettle", () => {
  const box = document.getElementById("seat-hold");
  if (!box) return;
  startClock(box);
  const text = box.querySelector("[data-hold-text]");
  if (text) say(text.textContent.trim());
});
