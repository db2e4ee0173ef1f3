// A shared computer shows nothing once its user has gone. The server ends sessions, whatever
// happens here; this takes the words off the screen, and saves those not sent yet.
const body = document.body;
const { session, lockUrl, stayUrl, keepUrl, keptUrl, timeUrl, signInUrl } = body.dataset;
const WARN = 120_000;
const KEEP = 5_000;
const csrf = document.querySelector("[name=csrf_token]")?.value ?? "";
const tabs = new BroadcastChannel("caseflow");
const dialog = document.querySelector("[data-idle]");
const clock = dialog.querySelector("[data-idle-clock]");
const aloud = dialog.querySelector("[data-idle-aloud]");
let endsAt = Date.now() + Number(body.dataset.seconds) * 1000;
let timer;
let isGone = false;
let isKept = false;

// --- off the screen ---

function veil(on) {
  document.documentElement.classList.toggle("cf-veiled", on);
}

function blank() {
  isGone = true;
  clearTimeout(timer);
  document.title = "CaseFlow";
  const words = document.createElement("p");
  words.className = "govuk-body cf-gone";
  words.textContent = "CaseFlow is locked.";
  body.replaceChildren(words);
}

async function leave(address) {
  if (isGone) return;
  const saved = keep();
  blank();
  await saved;
  location.replace(address);
}

function signInHere() {
  return `${signInUrl}?next=${encodeURIComponent(location.pathname)}`;
}

// --- what was typed and not sent ---

function isTyped(field) {
  if (field.disabled || !field.name || field.type === "hidden" || field.type === "file") return false;
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.type === "select-one") return [...field.options].some((o) => o.selected !== o.defaultSelected) && field.value !== "";
  return "value" in field && field.value !== field.defaultValue;
}

function hasWords(form) {
  if (form.matches("[role=search]")) return false;
  if (form.querySelector("[type=password], [data-passkey]")) return false;
  const cameBack = document.querySelector(".govuk-error-summary") !== null;
  return cameBack ? form.classList.contains("cf-form") : [...form.elements].some(isTyped);
}

// It must not take longer than a person looks at an empty screen.
function keep() {
  if (isKept) return Promise.resolve();
  isKept = true;
  const sent = [...document.querySelectorAll("main form[method=post]")].filter(hasWords).map((form) => {
    const words = new FormData(form);
    for (const [name, value] of [...words]) {
      if (!(value instanceof File)) continue;
      words.delete(name);
      if (value.name) words.set("kept_files", "yes");
    }
    const place = new URL(form.action);
    words.set("kept_path", place.pathname + place.search);
    return fetch(keepUrl, { method: "POST", body: words, keepalive: true, redirect: "manual" });
  });
  return Promise.race([Promise.allSettled(sent), new Promise((done) => setTimeout(done, 1500))]);
}

// --- lock, sign out ---

async function endBy(address) {
  if (isGone) return;
  const saved = keep();
  blank();
  tabs.postMessage({ session, isOver: true });
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrf_token";
  token.value = csrf;
  form.append(token);
  body.append(form);
  await saved;
  form.submit();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-ends-session]")) return;
  event.preventDefault();
  endBy(event.target.action);
});

// Shift three times, alone and quickly: it types nothing, no form or screen reader waits for it
// held alone, and unlike Ctrl+Alt it writes no letter on a Polish or Czech keyboard.
let isAlone = false;
let presses = [];
addEventListener("keydown", (event) => {
  isAlone = event.key === "Shift" && !(event.ctrlKey || event.altKey || event.metaKey);
  if (!isAlone) presses = [];
});
addEventListener("pointerdown", () => { presses = []; isAlone = false; });
addEventListener("keyup", (event) => {
  if (event.key !== "Shift" || !isAlone) return;
  presses = [...presses.filter((at) => event.timeStamp - at < 1500), event.timeStamp];
  if (presses.length === 3) endBy(lockUrl);
});

// --- how long it still holds ---

// {seconds}, or null when this session is over or another one has begun in this browser.
async function ask() {
  const answer = await fetch(timeUrl, { cache: "no-store", redirect: "manual" });
  if (answer.status !== 200) return null;
  const said = await answer.json();
  return said.session === session && said.seconds > 0 ? said : null;
}

function holdUntil(time) {
  endsAt = time;
  isKept = false;
  if (dialog.open) dialog.close();
  watch();
}

async function check() {
  try {
    const said = await ask();
    if (said === null) leave(signInHere());
    else holdUntil(Date.now() + said.seconds * 1000);
    return said !== null;
  } catch {
    leave(location.href); // No network: the browser says so, and shows nothing of ours.
    return false;
  }
}

function watch() {
  clearTimeout(timer);
  if (isGone) return;
  const left = endsAt - Date.now();
  if (left <= 0) return void leave(signInHere());
  if (left <= KEEP) keep();
  if (left > WARN) {
    timer = setTimeout(() => ask().then(warnOrHold, () => count()), left - WARN);
  } else count();
}

// Another tab, or the server, may know better than this one.
function warnOrHold(said) {
  if (said === null) return leave(signInHere());
  endsAt = Date.now() + said.seconds * 1000;
  return said.seconds * 1000 > WARN + 1000 ? watch() : count();
}

function count() {
  if (isGone) return;
  const seconds = Math.max(Math.ceil((endsAt - Date.now()) / 1000), 0);
  if (!dialog.open) dialog.showModal();
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if ([120, 60, 30, 10].includes(seconds)) aloud.textContent = `${seconds} seconds left.`;
  if (seconds * 1000 <= KEEP) keep();
  if (seconds === 0) return leave(signInHere());
  timer = setTimeout(count, 1000);
}

async function stay() {
  const words = new FormData();
  words.set("csrf_token", csrf);
  const answer = await fetch(stayUrl, { method: "POST", body: words, redirect: "manual" });
  if (answer.status !== 204) return leave(signInHere());
  if (await check()) tabs.postMessage({ session, endsAt });
}

dialog.querySelector("[data-idle-stay]").addEventListener("click", () => stay().catch(() => {}));
dialog.addEventListener("cancel", (event) => event.preventDefault());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") watch();
});

// --- other tabs, and pages that come back ---

tabs.addEventListener("message", ({ data }) => {
  if (data.session !== session) leave(keptUrl); // Somebody signed in here after us.
  else if (data.isOver) leave(signInUrl);
  else holdUntil(Math.max(endsAt, data.endsAt));
});

// Hidden before the browser puts it by, so that it comes back hidden.
addEventListener("pagehide", () => veil(true));
addEventListener("pageshow", async (event) => {
  if (event.persisted && (await check())) veil(false);
});

const [entry] = performance.getEntriesByType("navigation");
if (entry?.type === "back_forward") {
  veil(true);
  check().then((holds) => holds && veil(false));
} else {
  watch();
  tabs.postMessage({ session, endsAt });
}
