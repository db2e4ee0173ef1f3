// Leaving at once, by the button or by pressing Shift three times: what is typed goes first, and the
// page is replaced, not left behind, so that "back" does not come here again.
const button = document.querySelector("[data-leave]");
let presses = [];

function leave(event) {
  event?.preventDefault();
  document.body.hidden = true;
  document.title = "";
  for (const form of document.forms) form.reset();
  location.replace(button.href);
}

button.addEventListener("click", leave);
document.addEventListener("keyup", (event) => {
  if (event.key !== "Shift") {
    presses = [];
    return;
  }
  presses = [...presses, event.timeStamp].slice(-3);
  if (presses.length === 3 && presses[2] - presses[0] < 3000) leave();
});
