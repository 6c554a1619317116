// The workbench in the browser: keys, words to claims and back, what others do meanwhile. The pages work
// without it; whatever is written goes through the same forms.

import { CodePoints, chooseWords } from "/static/words.js";

const bench = document.getElementById("bench");
const { link, record, suggest, csrf, me } = bench.dataset;
const text = document.getElementById("text");
const told = document.getElementById("told");
const selected = document.getElementById("selected");
const keys = document.getElementById("keys");
const POLL_MS = 3000;
const TOLD_MS = 8000; // what went well need not be read; what went wrong stays

let active = 0; // the number of the claim that keys act on
let waitingFor = ""; // "reject" or "look", while a reason is typed
let offers = []; // claims that the chosen words may make
let busy = false;

const panel = () => document.getElementById("panel");
const version = () => Number(panel().dataset.version);
const cards = () => [...panel().querySelectorAll(".card")];
const cardOf = (number) => document.getElementById(`claim-${number}`);
const marksOf = (number) => text.querySelectorAll(`mark[data-n~="${number}"]`);
const isOpen = (card) => card.dataset.state === "new" || card.dataset.state === "in review";

let clearing = 0;
function say(words, wrong = false) {
  clearTimeout(clearing);
  if (!wrong) clearing = setTimeout(() => { told.textContent = ""; }, TOLD_MS);
  told.textContent = words;
  told.classList.toggle("wrong", wrong);
}

// ---- one claim at a time

function activate(number, { scrollText = true, scrollCard = true } = {}) {
  document.querySelectorAll(".card.on, mark.on").forEach((each) => each.classList.remove("on"));
  const card = cardOf(number);
  if (!card) return;
  active = number;
  card.classList.add("on");
  if (scrollCard) card.scrollIntoView({ block: "nearest" });
  const marks = marksOf(number);
  marks.forEach((each) => each.classList.add("on"));
  if (scrollText && marks.length) showInText(marks[0]);
}

// Scroll the text and nothing else: the record stays where it is.
function showInText(mark) {
  const place = mark.getBoundingClientRect();
  const pane = text.getBoundingClientRect();
  const bottom = Math.min(pane.bottom, innerHeight);
  if (place.top >= pane.top + 24 && place.bottom <= bottom - 24) return;
  text.scrollTop += place.top - (Math.max(pane.top, 0) + bottom) / 2;
}

function step(by) {
  const all = cards();
  if (!all.length) return;
  const at = all.findIndex((card) => Number(card.dataset.n) === active);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  activate(Number(all[next].dataset.n));
}

function goOn() {
  const all = cards();
  const after = all.filter((card) => isOpen(card) && Number(card.dataset.n) > active);
  const next = after[0] ?? all.find(isOpen);
  if (next) activate(Number(next.dataset.n));
}

// ---- parts of the page, fetched as the server renders them

async function fetchPart(part, query = "") {
  const answer = await fetch(`${link}?part=${part}${query}`, { headers: { accept: "text/html" } });
  if (!answer.ok) throw new Error(await answer.text());
  return new DOMParser().parseFromString(await answer.text(), "text/html").body;
}

async function refresh({ withText = false } = {}) {
  const before = cards().length;
  const body = await fetchPart("panel");
  const open = document.activeElement?.closest?.(".card")?.id;
  panel().replaceWith(body.querySelector("#panel"));
  document.querySelectorAll("#form input[name=version]").forEach((each) => { each.value = version(); });
  if (withText || cards().length !== before) {
    const at = text.scrollTop;
    text.replaceChildren(...(await fetchPart("text")).childNodes);
    text.scrollTop = at;
  } else {
    for (const mark of text.querySelectorAll("mark")) {
      const held = mark.dataset.n.split(" ").map(cardOf).filter(Boolean);
      mark.classList.toggle("off", held.length > 0 && held.every((card) => card.dataset.state === "rejected"));
    }
  }
  if (active && cardOf(active)) activate(active, { scrollText: false, scrollCard: false });
  if (open) document.getElementById(open)?.focus({ preventScroll: true });
}

// ---- moves

async function send(fields) {
  if (busy) return false;
  busy = true;
  try {
    const body = new URLSearchParams({ version: version(), ...fields });
    const answer = await fetch(`${link}/moves`, { method: "POST", body, headers: { accept: "application/json", "x-csrf": csrf } });
    const held = await answer.json();
    if (answer.status === 409) await tellConflict(held.error);
    else if (!answer.ok) say(held.error.message, true);
    else {
      await refresh();
      say(`${held.done.map((each) => each.what).join("; ")}. (u takes it back)`);
      return true;
    }
  } catch {
    say("The site did not answer. Nothing was written; try again.", true);
  } finally {
    busy = false;
  }
  return false;
}

async function tellConflict(error) {
  const others = error.theirs.map((each) => `${each.who} ${each.what}${each.why ? `: ${each.why}` : ""}`);
  await refresh({ withText: true });
  say(`${error.message} ${others.join("; ")}. Nothing of yours was written: look, and decide again.`, true);
}

async function decide(what, reason = "") {
  const card = cardOf(active);
  if (!card) return say("Choose a claim first: j goes to the next.", true);
  if (await send({ do: what, claim: card.dataset.id, reason })) {
    waitingFor = "";
    goOn();
  }
}

function askWhy(what) {
  const card = cardOf(active);
  const box = card?.querySelector(".against");
  if (!box) return say("Choose a claim first: j goes to the next.", true);
  waitingFor = what;
  box.open = true;
  box.querySelector(".reason").focus();
  box.scrollIntoView({ block: "nearest" });
}

let formsAsked = 0; // the newest wish decides: a slow answer to an older one must not shut a form that is in use

async function correct(id) {
  const mine = ++formsAsked;
  const body = await fetchPart("form", `&correct=${encodeURIComponent(id)}`);
  if (mine !== formsAsked) return;
  showForm(body.querySelector("form"), "Correct a claim");
  document.getElementById("f-value").select();
}

async function openForm() {
  const mine = ++formsAsked;
  const chosen = CodePoints.selection(text);
  const form = (await fetchPart("form")).querySelector("form");
  if (mine !== formsAsked) return;
  if (chosen) Object.entries(chosen).forEach(([name, value]) => { form.elements[name].value = value; });
  showForm(form, "Add a claim");
  hideOffers();
  document.getElementById(chosen ? "f-field" : "f-quote").focus();
}

function showForm(form, heading) {
  const box = document.getElementById("form-box");
  if (!box) return say("Nobody can decide here until the blind sample is done.", true);
  document.getElementById("form").replaceChildren(form);
  box.querySelector("summary").textContent = heading;
  box.open = true;
  box.scrollIntoView({ block: "nearest" });
}

// ---- chosen words

async function offer() {
  const chosen = CodePoints.selection(text);
  if (!chosen) return hideOffers();
  const asked = new URLSearchParams({ start: chosen.start, end: chosen.end });
  const answer = await fetch(`${suggest}?${asked}`, { headers: { accept: "application/json" } });
  if (!answer.ok) return hideOffers();
  const now = CodePoints.selection(text);
  if (now?.start !== chosen.start || now?.end !== chosen.end) return;
  offers = (await answer.json()).suggestions.map((each) => ({ ...each, ...chosen }));
  showOffers(chosen);
}

function showOffers(chosen) {
  const list = document.createElement("ol");
  offers.forEach((each, place) => {
    const stance = each.stance === "asserts" ? "" : ` (${each.stance})`;
    list.append(item(`${place + 1}`, `${each.label}: ${each.said}${stance}`, each.why, () => take(place)));
  });
  list.append(item("n", "Another claim…", "", openForm));
  const words = document.createElement("p");
  words.append("Chosen: “");
  const quote = document.createElement("bdi");
  quote.textContent = chosen.quote.length > 120 ? `${chosen.quote.slice(0, 119)}…` : chosen.quote;
  words.append(quote, "”. What does it say?");
  selected.replaceChildren(words, list);
  selected.hidden = false;
}

function item(key, label, why, act) {
  const button = document.createElement("button");
  button.type = "button";
  const name = document.createElement("kbd");
  name.textContent = key;
  button.append(name, ` ${label}`);
  if (why) {
    const reason = document.createElement("span");
    reason.className = "quiet small-print";
    reason.textContent = ` (${why})`;
    button.append(reason);
  }
  button.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the words chosen
  button.addEventListener("click", act);
  const entry = document.createElement("li");
  entry.append(button);
  return entry;
}

function hideOffers() {
  offers = [];
  selected.hidden = true;
}

async function take(place) {
  const { field, value, stance, start, end, quote, why } = offers[place];
  hideOffers();
  getSelection().removeAllRanges();
  await send({ do: "add", field, value, stance, start, end, quote, note: why });
}

let later = 0;
document.addEventListener("selectionchange", () => {
  clearTimeout(later);
  later = setTimeout(offer, 200);
});

// ---- values of a field

let asking = 0;
async function offerValues(form) {
  const field = form.elements.field.value;
  if (!field) return;
  const asked = new URLSearchParams({ field, typed: form.elements.value.value });
  const answer = await fetch(`${suggest}?${asked}`, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const { suggestions, help } = await answer.json();
  document.getElementById("f-help").textContent = help;
  document.getElementById("f-values").replaceChildren(
    ...suggestions.map((each) => new Option(each.said === each.value ? each.why : each.said, each.value)),
  );
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.(".claim-form");
  if (!form) return;
  if (event.target.name === "quote") form.elements.start.value = form.elements.end.value = "";
  if (event.target.name !== "value" && event.target.name !== "field") return;
  clearTimeout(asking);
  asking = setTimeout(() => offerValues(form), 150);
});

// ---- forms and clicks

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.closest("#bench") || form.method !== "post") return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  delete fields.csrf;
  delete fields.version;
  const card = form.closest(".card");
  if (card) active = Number(card.dataset.n);
  if (await send(fields)) {
    if (form.id === "claim-form") await closeForm();
    if (card) {
      waitingFor = "";
      goOn();
    }
  }
});

async function closeForm() {
  const box = document.getElementById("form-box");
  if (!box) return;
  const mine = ++formsAsked;
  box.open = false;
  text.focus({ preventScroll: true });
  const form = (await fetchPart("form")).querySelector("form");
  if (mine !== formsAsked) return;
  document.getElementById("form").replaceChildren(form);
  box.querySelector("summary").textContent = "Add a claim";
}

document.addEventListener("click", (event) => {
  const mark = event.target.closest("mark");
  if (mark && text.contains(mark) && getSelection().isCollapsed) {
    const numbers = mark.dataset.n.split(" ").map(Number);
    const at = numbers.indexOf(active);
    return activate(numbers[(at + 1) % numbers.length], { scrollText: false });
  }
  const find = event.target.closest("a.find");
  if (find) {
    event.preventDefault();
    return activate(Number(find.dataset.n));
  }
  const change = event.target.closest("a.correct");
  if (change) {
    event.preventDefault();
    activate(Number(change.closest(".card").dataset.n), { scrollText: false, scrollCard: false });
    return correct(change.dataset.id);
  }
  if (event.target.closest("a.cancel")) {
    event.preventDefault();
    return closeForm();
  }
  const card = event.target.closest(".card");
  if (card && !event.target.closest("button, input, summary, a, label")) activate(Number(card.dataset.n));
});

// ---- keys

const go = (by) => {
  const tabs = [...document.querySelectorAll(".tabs a")];
  const here = tabs.findIndex((each) => each.hasAttribute("aria-current"));
  const next = tabs[here + by];
  location.assign(next ? next.href : "/review");
};

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => decide("accept"),
  A: () => send({ do: "accept-all" }),
  r: () => askWhy("reject"),
  s: () => askWhy("look"),
  c: () => { const card = cardOf(active); if (card) correct(card.dataset.id); },
  u: () => send({ do: "undo" }),
  t: () => send({ do: "take" }),
  n: () => openForm(),
  w: () => chooseWords(text, marksOf(active)[0]),
  "]": () => go(1),
  "[": () => go(-1),
  "?": () => keys.showModal(),
  Enter: () => { if (active) activate(active); },
  Escape: () => { getSelection().removeAllRanges(); hideOffers(); },
};

function typing(target) {
  return target.closest?.("input, textarea, select, button, a, summary, dialog");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
  if (event.target.matches?.(".reason")) return keyInReason(event);
  if (event.key === "Escape" && event.target.closest?.(".claim-form")) return closeForm();
  const isChar = event.key.length === 1;
  if (event.target.closest?.("input, textarea, select")) return;
  if (!isChar && event.key !== "Escape" && typing(event.target)) return;
  if (isChar && event.key !== "?" && !document.getElementById("keys-on").checked) return;
  const place = Number(event.key) - 1;
  if (!selected.hidden && offers[place]) {
    event.preventDefault();
    return take(place);
  }
  const act = KEYS[event.key];
  if (!act || event.key === " ") return;
  event.preventDefault();
  act();
});

function keyInReason(event) {
  const card = event.target.closest(".card");
  const preset = card.querySelectorAll(".preset")[Number(event.key) - 1];
  if (event.key === "Escape") {
    waitingFor = "";
    card.querySelector(".against").open = false;
    text.focus({ preventScroll: true });
  } else if (event.key === "Enter" && waitingFor) {
    event.preventDefault();
    active = Number(card.dataset.n);
    decide(waitingFor, event.target.value);
  } else if (preset && !event.target.value) {
    event.preventDefault();
    active = Number(card.dataset.n);
    decide(waitingFor || "reject", preset.textContent);
  }
}

document.getElementById("show-keys").addEventListener("click", () => keys.showModal());
document.getElementById("close-keys").addEventListener("click", () => keys.close());
document.getElementById("keys-on").checked = localStorage.getItem("incidex-keys") !== "off";
document.getElementById("keys-on").addEventListener("change", (event) => {
  localStorage.setItem("incidex-keys", event.target.checked ? "on" : "off");
});
document.querySelector(".keys-hint").hidden = false;

// ---- what others do

async function poll() {
  if (document.hidden || busy) return;
  try {
    const answer = await fetch(`${record}?since=${version()}`, { headers: { accept: "application/json" } });
    if (answer.status === 403) return say("Your session has ended. Enter your key again before you go on.", true);
    if (!answer.ok) return;
    const held = await answer.json();
    if (busy || held.version === version()) return;
    await refresh();
    const others = held.changes.filter((each) => each.who !== me);
    if (others.length) say(others.map((each) => `${each.who} ${each.what}`).join("; "));
  } catch {
    // The site is away for a moment; the next look says whether it has come back.
  }
}
setInterval(poll, POLL_MS);

const wanted = decodeURIComponent(location.hash.slice(1));
const first = cards().find((card) => card.dataset.id === wanted || card.id === wanted) ?? cards().find(isOpen) ?? cards()[0];
if (first) activate(Number(first.dataset.n), { scrollText: true });
