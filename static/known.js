// While somebody is added, the page asks whether we know them. What is typed is never touched, and a
// list that somebody is choosing from stays as it is.
const panel = document.querySelector("[data-known-url]");
const form = panel.closest("form");
const aloud = panel.querySelector("[data-known-aloud]");
const TELLING = ["name", "is_label", "age", "born", "phone", "postcode"];
const PAUSE = 350;
let timer;
let request;

// Markup may not be made from text here; a document that the browser itself has read may be used.
function ask() {
  request?.abort();
  request = new XMLHttpRequest();
  const asked = request;
  asked.open("POST", panel.dataset.knownUrl);
  asked.responseType = "document";
  asked.timeout = 10_000;
  asked.onload = () => show(asked);
  const words = new FormData(form);
  words.delete("form_key");
  words.set("kept_path", location.pathname);
  asked.send(new URLSearchParams([...words].filter(([, value]) => typeof value === "string")));
}

function show(answer) {
  const fresh = answer.response?.querySelector("[data-known-list]");
  const list = panel.querySelector("[data-known-list]");
  if (answer.status !== 200 || !fresh) {
    // Their session is over, or we are away: the button still asks.
    form.removeEventListener("input", wait);
    return;
  }
  if (list.contains(document.activeElement)) return;
  const people = fresh.querySelectorAll("[name=them]:not([value=''])").length;
  const same = list.textContent === fresh.textContent;
  if (!same) list.replaceWith(document.importNode(fresh, true));
  if (!same) aloud.textContent = people ? `${people} we may know. See “We may know them already”.` : "";
}

function wait(event) {
  if (!TELLING.some((name) => event.target.name === name || event.target.name?.startsWith(`${name}-`))) return;
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
}

form.addEventListener("input", wait);
