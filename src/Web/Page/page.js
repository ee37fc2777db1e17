// The page: asks /api/v1 and shows what it says. No library, no build, no other host.
const main = document.getElementById("main");
const connection = document.getElementById("connection");
const outcome = document.getElementById("outcome");
const dialog = document.getElementById("dialog");
let leave = () => {};

// --- asking ---

const tokenKey = "smallbatch-token";
let asking = null;

const ask = (path, options) => askAt("/api/v1" + path, options);

async function askAt(url, options = {}) {
  const token = sessionStorage.getItem(tokenKey);
  const response = await fetch(url, { ...options, headers: { ...(token ? { Authorization: "Bearer " + token } : {}), ...options.headers } });
  if (response.status === 401) {
    // Of several that are refused together, one question is for all.
    const why = (await problem(response)).detail;
    asking ??= askToken(why).finally(() => { asking = null; });
    if (await asking) return askAt(url, options);
    throw Object.assign(new Error(), { detail: why, status: 401 });
  }
  if (!response.ok) throw await problem(response);
  return response;
}

async function problem(response) {
  try { return Object.assign(new Error(), await response.json()); } catch { return Object.assign(new Error(), { detail: `${response.status} ${response.statusText}` }); }
}

const json = async path => (await ask(path)).json();

function askToken(why) {
  return new Promise(done => {
    const input = el("input", { type: "password", id: "token", autocomplete: "off", required: "" });
    const form = el("form", { method: "dialog" }, el("h2", { id: "dialog-title" }, "Who are you?"), el("p", {}, why), el("p", {}, el("label", { for: "token" }, "Token "), input),
      el("button", { value: "yes" }, "Go on"), el("button", { value: "no", formnovalidate: "" }, "Cancel"));
    dialog.replaceChildren(form);
    dialog.onclose = () => {
      const given = dialog.returnValue === "yes" && input.value.trim();
      if (given) sessionStorage.setItem(tokenKey, given);
      done(Boolean(given));
    };
    dialog.returnValue = "no";
    dialog.showModal();
  });
}

function confirmed(title, text, verb) {
  return new Promise(done => {
    dialog.replaceChildren(el("form", { method: "dialog" }, el("h2", { id: "dialog-title" }, title), el("p", {}, text), el("button", { value: "yes" }, verb), el("button", { value: "no", autofocus: "" }, "Leave it")));
    dialog.onclose = () => done(dialog.returnValue === "yes");
    dialog.returnValue = "no";
    dialog.showModal();
  });
}

// Server-sent events by fetch, since the browser's own reader cannot bear a token.
async function follow(path, on, signal) {
  let last = null, pause = 1000;
  while (!signal.aborted) {
    try {
      const response = await ask(path, { signal, headers: last ? { "Last-Event-ID": last } : {} });
      say("");
      pause = 1000;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ""; ;) {
        const { value, done } = await reader.read();
        if (done) break;
        // A snapshot of a large sweep comes in many pieces: only the new one is looked through for the event's end.
        const ends = value.includes("\n\n") || (text.endsWith("\n") && value.startsWith("\n"));
        text += value;
        if (!ends) continue;
        for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
          const fields = Object.fromEntries(text.slice(0, end).split("\n").filter(l => !l.startsWith(":")).map(l => [l.slice(0, l.indexOf(": ")), l.slice(l.indexOf(": ") + 2)]));
          if (fields.id) last = fields.id;
          if (fields.event) on(fields.event, JSON.parse(fields.data));
          if (fields.event === "gone") return;
        }
      }
    } catch (failure) {
      if (signal.aborted) return;
      if (failure.status && failure.status < 500) throw failure;
    }
    if (signal.aborted) return;
    say("This silo does not answer; it is asked again.", true);
    await new Promise(r => setTimeout(r, pause));
    pause = Math.min(pause * 2, 15000);
  }
}

// How the connection stands now, and what came of the last action, which stays until the next one or until one is elsewhere. A screen reader reads each out where it changes.
const say = (text, lost = false) => write(connection, text, lost);
const tell = (text, failed = false) => write(outcome, text, failed);

function write(part, text, bad) {
  if (part.textContent === text) return;
  part.textContent = text;
  part.className = bad ? "bad" : "";
}

// --- showing ---

function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(name, value);
  made.append(...children.filter(c => c !== null && c !== undefined));
  return made;
}

const isDark = () => matchMedia("(prefers-color-scheme: dark)").matches;
const percent = share => share === null || share === undefined ? "–" : (100 * share).toFixed(1);

function time(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const s = Math.max(0, Math.round(seconds)), d = Math.floor(s / 86400), h = Math.floor(s % 86400 / 3600), m = Math.floor(s % 3600 / 60);
  return d ? `${d} d ${h} h` : h ? `${h} h ${m} min` : m ? `${m} min ${s % 60} s` : `${s} s`;
}

// 2^-9 as 2⁻⁹.
const rateText = text => text.replace(/\^(-?\d+)/, (_, power) => [...power].map(c => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join(""));

const moment = text => text ? new Date(text).toLocaleString() : "–";
const sweepHref = name => `#/sweep/${encodeURIComponent(name)}`;
const reportHref = name => `#/report/${encodeURIComponent(name)}`;
const configurationHref = (name, key) => `${sweepHref(name)}/${encodeURIComponent(key)}`;

function table(caption, heads, rows) {
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map(h => el("th", { scope: "col" }, h)))),
    el("tbody", {}, ...rows.map(r => el("tr", {}, ...r.map(c => el("td", typeof c === "number" ? { class: "number" } : {}, c === null || c === undefined ? "" : c instanceof Node ? c : String(c))))))));
}

function show(title, ...content) {
  document.title = `${title} – SmallBatch`;
  main.replaceChildren(el("h1", {}, title), ...content.filter(Boolean));
}

// --- sweeps ---

async function sweeps(signal) {
  const render = async () => {
    const all = await json("/sweeps");
    if (signal.aborted) return;
    say("");
    show("Sweeps", all.length === 0
      ? el("p", {}, "Nothing was submitted yet: ", el("code", {}, "smallbatch sweep submit sweeps/quickstart.yaml"))
      : table("Sweeps", ["Name", "Phase", "Ended", "Of", "Dataset", "Network", "Submitted", "Reason"], all.map(s => [el("a", { href: sweepHref(s.name) }, s.name), s.phase, s.ended, s.configurations, s.dataset, s.network, moment(s.createdAt), s.reason])));
  };
  await render();
  repeat(render, 5000, signal);
}

function repeat(action, every, signal) {
  const timer = setInterval(() => { if (!main.contains(document.activeElement) || document.activeElement === main) action().catch(() => say("This silo does not answer; it is asked again.", true)); }, every);
  signal.addEventListener("abort", () => clearInterval(timer));
}

// --- one sweep ---

async function sweep(name, signal) {
  const parts = { line: el("p", { role: "status" }), bar: el("progress", { max: 1, value: 0, "aria-label": "Configurations that have ended" }), answer: el("div"), actions: el("div"), heat: el("div", { class: "scroll" }), attention: el("div"), training: el("div"), spec: el("pre", { tabindex: "0", "aria-label": "Specification" }) };
  show(name, parts.line, parts.bar, el("p", {}, el("a", { href: reportHref(name) }, "Report")), parts.actions, parts.answer, el("h2", { id: "heat" }, "Test accuracy, % by batch size m and base learning rate η̃"), parts.heat,
    el("p", { class: "quiet" }, `${isDark() ? "Lighter" : "Darker"} is better. Dashed: trains now, its epoch. Hatched: a seed diverged (d) or stayed at chance (u). Framed: the best of the grid.`),
    parts.attention, parts.training, el("h2", {}, "Specification"), parts.spec);
  let cells = new Map(), answered = -1;
  const answer = seldom(() => showAnswer(parts.answer, name, signal), signal), heat = heatMap(parts.heat, name, signal);
  await follow(`/sweeps/${encodeURIComponent(name)}/events`, (event, data) => {
    if (event === "gone") { show(name, el("p", {}, "This sweep was deleted.")); return; }
    if (event === "silence") { say(`The cluster has not answered for ${time(data.seconds)}.`, true); return; }
    say("");
    if (event === "snapshot") cells = new Map();
    for (const cell of data.cells) cells.set(cell.key, cell);
    heat(cells, data.cells);
    summarise(parts, name, data, cells);
    const ended = [...cells.values()].filter(c => c.status === "completed" || c.status === "failed").length;
    if (ended !== answered) { answered = ended; answer(); }
  }, signal);
}

function summarise(parts, name, status, cells) {
  const all = [...cells.values()], over = all.filter(c => c.status === "completed" || c.status === "failed"), training = all.filter(c => c.status === "training");
  parts.bar.max = Math.max(1, all.length);
  parts.bar.value = over.length;
  parts.line.textContent = `${status.sweep.phase}: ${over.length} of ${all.length} configurations done, ${training.length} training, ${Math.round(status.imagesPerSecond)} images/s`
    + (status.etaSeconds !== null ? `, about ${time(status.etaSeconds)}${status.etaDeviationSeconds !== null ? ` ± ${time(status.etaDeviationSeconds)}` : ""} left` : "") + (status.sweep.reason ? `. ${status.sweep.reason}` : "") + (status.rebuilding ? ". The view is being rebuilt." : "");
  if (parts.spec.textContent !== status.sweep.specText) parts.spec.textContent = status.sweep.specText;
  actions(parts.actions, name, status.sweep.phase);
  const failed = all.filter(c => c.status === "failed");
  const waiting = new Map();
  for (const c of all.filter(c => c.status === "queued" || c.status === "pending")) {
    const reason = (c.reason ?? "").replace(/^place \d+ /, "places ");
    waiting.set(reason, (waiting.get(reason) ?? 0) + 1);
  }
  keep(parts.attention, failed.length + waiting.size === 0 ? [] : [el("h2", {}, "What waits or failed, and why"), table("What waits or failed", ["Configurations", "Reason"], [
    ...failed.slice(0, listed).map(c => [el("a", { href: configurationHref(name, c.key) }, `m = ${c.batchSize}, η̃ = ${rateText(c.baseLearningRate)} failed`), c.reason]),
    ...more(failed.length),
    ...[...waiting].map(([reason, count]) => [`${count} waiting`, reason])])]);
  keep(parts.training, training.length === 0 ? [] : [el("h2", {}, "Training now"), table("Training now", ["m", "η̃", "Epoch", "Test accuracy, %", "Images/s", "Host", "Device", "Attempt", "Left"], [...training.slice(0, listed).map(c => [
    c.batchSize, el("a", { href: configurationHref(name, c.key) }, rateText(c.baseLearningRate)), `${c.epoch}/${c.epochs}`, percent(c.testAccuracy), Math.round(c.imagesPerSecond), c.host, c.device, c.attempt, time(c.etaSeconds)]), ...more(training.length)])]);
}

// Lists that are made anew every second end here; the grid shows every cell.
const listed = 100;
const more = count => count > listed ? [[`and ${count - listed} more`]] : [];

// Replaces a part unless somebody is in it.
function keep(part, content) {
  if (!part.contains(document.activeElement)) part.replaceChildren(...content);
}

const controls = { grid: ["pause", "cancel"], confirming: ["pause", "cancel"], paused: ["resume", "cancel"], completed: ["retry"], cancelled: [], limited: ["retry"], deleting: [], superseded: [] };
const meant = { pause: "What trains stops after a last checkpoint, and goes on from there.", resume: "It goes on from its checkpoints.", cancel: "No more of it is trained; its results so far stay.", retry: "What was given up is tried again." };

function actions(part, name, phase) {
  if (part.dataset.phase === phase) return;
  part.dataset.phase = phase;
  part.replaceChildren(...(controls[phase] ?? []).map(verb => button(verb, `${verb} ${name}?`, meant[verb], () => ask(`/sweeps/${encodeURIComponent(name)}/${verb}`, { method: "POST" }))));
}

function button(verb, title, text, action) {
  const made = el("button", { type: "button" }, verb[0].toUpperCase() + verb.slice(1));
  made.addEventListener("click", async () => {
    if (!await confirmed(title[0].toUpperCase() + title.slice(1), text, verb)) return;
    made.disabled = true;
    tell("");
    try { tell((await (await action()).json()).what ?? "Done."); } catch (failure) { tell(failure.detail ?? String(failure), true); } finally { made.disabled = false; }
  });
  return made;
}

// An answer goes through every row: asked for once more when it is wanted, and no more than a tenth of the time.
function seldom(action, signal) {
  let busy = false, again = false;
  return async function run() {
    again = true;
    if (busy) return;
    busy = true;
    while (again && !signal.aborted) {
      again = false;
      const began = performance.now();
      await action();
      await new Promise(r => setTimeout(r, Math.max(2000, 9 * (performance.now() - began))));
    }
    busy = false;
  };
}

async function showAnswer(part, name, signal) {
  try {
    const found = await json(`/sweeps/${encodeURIComponent(name)}/answer`);
    if (!signal.aborted) keep(part, [el("p", { class: "answer" }, found.sentence), ...found.warnings.map(w => el("p", { class: "warning" }, w))]);
  } catch { /* The next end of a configuration asks again. */ }
}

// The grid, as a function that takes all cells and those that are new. Ten thousand are drawn and coloured over several frames, a few milliseconds of each, so that
// the page answers meanwhile; what has not changed is not touched. Of cells only so many a frame: the browser styles and paints them after this script, in time that it does not see.
function heatMap(part, name, signal) {
  const ofFrame = 8, cellsOfFrame = 300, dark = isDark();
  let known = new Map(), places = new Map(), all = [], rows = [], dense = false, low = Infinity, high = -Infinity, best = -Infinity, due = 0;
  const news = new Set(), stale = new Set();
  signal.addEventListener("abort", () => cancelAnimationFrame(due));
  part.addEventListener("scroll", () => part.classList.toggle("aside", part.scrollLeft > 0), { signal });

  return (cells, changed) => {
    known = cells;
    if (cells.size !== places.size || changed.some(c => !places.has(c.key))) places.clear();
    for (const cell of changed) if (places.has(cell.key)) news.add(places.get(cell.key));
    due ||= requestAnimationFrame(work);
  };

  function work() {
    const until = performance.now() + ofFrame, late = () => performance.now() >= until;
    let touched = 0;
    const enough = () => touched >= cellsOfFrame || late();
    due = 0;
    if (places.size === 0 && known.size > 0) lay();
    else {
      if (news.size > 0 && drain(news, late, look)) rescale();
      if (news.size === 0) {
        while (rows.length > 0 && !enough()) touched += rows.shift()();
        drain(stale, () => { touched++; return enough(); }, paint);
      }
    }
    if (news.size + stale.size + rows.length > 0) due = requestAnimationFrame(work);
  }

  // Which place shows which configurations, and the table without its rows.
  function lay() {
    const cells = [...known.values()], grid = cells.filter(c => c.stage !== "confirm");
    const sizes = [...new Set(cells.map(c => c.batchSize))].sort((a, b) => a - b), rates = [...new Set(grid.map(c => c.baseLearningRate))].sort((a, b) => value(a) - value(b));
    const columns = cells.some(c => c.stage === "confirm") ? [...rates, null] : rates, at = new Map();
    for (const c of cells) {
      const place = `${c.batchSize} ${c.stage === "confirm" ? null : c.baseLearningRate}`, there = at.get(place);
      // Of shorter budgets the whole one counts; of replicas that were added later, all are the cell's.
      if (!there || c.stage !== "rung") at.set(place, [...(there ?? []).filter(o => o.stage === c.stage), c]);
    }
    dense = sizes.length * rates.length > 1500;
    // As blocks, each laid out for itself, rows are no table to a screen reader unless they say so.
    const role = dense ? name => ({ role: name }) : () => ({}), body = el("tbody", role("rowgroup"));
    news.clear();
    stale.clear();
    all = [];
    rows = sizes.map(m => {
      const line = columns.map(r => {
        const there = at.get(`${m} ${r}`);
        if (!there) return null;
        const place = { keys: there.map(c => c.key), m, rate: r === null ? "the best η̃, fresh seeds" : rateText(r), confirm: r === null, link: null, seen: null, kinds: "", label: "", lightness: null };
        all.push(place);
        return place;
      });
      return () => {
        body.append(el("tr", role("row"), el("th", { scope: "row", ...role("rowheader") }, String(m)), ...line.map(place => {
          if (!place) return el("td", role("cell"));
          place.link = el("a", { href: configurationHref(name, place.keys[0]), tabindex: place === all[0] ? "0" : "-1" });
          paint(place);
          return el("td", role("cell"), place.link);
        })));
        return line.length;
      };
    });
    for (const place of all) news.add(place);
    // A configuration without a place of its own, of a shorter budget, is known all the same.
    for (const c of cells) places.set(c.key, null);
    for (const place of all) for (const key of place.keys) places.set(key, place);
    part.replaceChildren(el("table", { class: dense ? "heat small" : "heat", "aria-labelledby": "heat", ...role("table") },
      el("thead", role("rowgroup"), el("tr", role("row"), el("th", { scope: "col", ...role("columnheader") }, "m \\ η̃"),
        ...columns.map(r => el("th", { scope: "col", ...role("columnheader") }, r === null ? "confirm" : rateText(r))))), body));
    part.onkeydown = move;
  }

  function look(place) {
    if (!place) return;
    place.seen = together(place.keys.map(k => known.get(k)));
    if (place.link) stale.add(place);
  }

  // The colours' scale and the best: where they move, every score is coloured again.
  function rescale() {
    const before = [low, high, best];
    [low, high, best] = [Infinity, -Infinity, -Infinity];
    for (const { seen, confirm } of all) {
      if (seen.score === null) continue;
      low = Math.min(low, seen.score);
      high = Math.max(high, seen.score);
      if (!confirm && seen.kind === "scored") best = Math.max(best, seen.score);
    }
    if (before[0] !== low || before[1] !== high || before[2] !== best) for (const place of all) if (place.link && place.seen.score !== null) stale.add(place);
  }

  function paint(place) {
    const { link, seen } = place;
    const kinds = [seen.kind, seen.lost ? "diverged" : "", seen.score !== null && !place.confirm && seen.kind === "scored" && seen.score === best ? "best" : ""].filter(Boolean).join(" ");
    if (place.kinds !== kinds) link.className = place.kinds = kinds;
    const label = `m = ${place.m}, η̃ = ${place.rate}: ${seen.said}`;
    if (place.label !== label) {
      link.title = place.label = label;
      link.setAttribute("aria-label", label);
      if (!dense) link.textContent = seen.text;
    }
    const share = high > low ? (seen.score - low) / (high - low) : 1, lightness = seen.score === null ? null : Math.round(dark ? 16 + 66 * share : 96 - 66 * share);
    if (place.lightness === lightness) return;
    place.lightness = lightness;
    link.style.backgroundColor = lightness === null ? "" : `hsl(212 60% ${lightness}%)`;
    link.style.color = lightness === null ? "" : luminance(212, .6, lightness / 100) > .179 ? "#000" : "#fff";
  }
}

// Takes out one after another until it is late; whether none is left.
function drain(set, late, action) {
  for (const item of set) {
    set.delete(item);
    action(item);
    if (late()) break;
  }
  return set.size === 0;
}

// One stop for Tab; the arrows go from cell to cell.
function move(event) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key], from = event.target.closest("td");
  if (!step || !from) return;
  event.preventDefault();
  for (let row = from.parentElement.rowIndex + step[0], column = from.cellIndex + step[1]; ; row += step[0], column += step[1]) {
    const to = from.closest("table").rows[row]?.cells[column];
    if (!to) return;
    const link = to.querySelector("a");
    if (!link) continue;
    event.target.closest("a").tabIndex = -1;
    link.tabIndex = 0;
    link.focus();
    return;
  }
}

function value(rate) {
  const power = /^2\^(-?[\d.]+)$/.exec(rate), ratio = /^([\d.e-]+)\/([\d.e-]+)$/.exec(rate);
  return power ? 2 ** power[1] : ratio ? ratio[1] / ratio[2] : Number(rate);
}

// Relative luminance of a colour as WCAG 2 has it: above 0.179 black is read better than white, and either at 4.58 : 1 or more.
function luminance(hue, saturation, lightness) {
  const channel = n => {
    const k = (n + hue / 30) % 12, c = lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
  };
  return .2126 * channel(0) + .7152 * channel(8) + .0722 * channel(4);
}

function together(parts) {
  const left = parts.find(p => p.status === "training") ?? parts.find(p => p.status !== "completed");
  if (left) {
    const text = left.status === "training" ? `${left.epoch}/${left.epochs}` : left.status === "failed" ? "failed" : left.status === "cancelled" ? "×" : "·";
    return { kind: left.status, text, score: null, lost: false, said: left.status === "training" ? `training, epoch ${left.epoch} of ${left.epochs}` : left.status + (left.reason ? `, ${left.reason}` : "") };
  }
  const sum = of => parts.reduce((s, p) => s + of(p), 0), finite = sum(p => p.trained + p.untrained), untrained = sum(p => p.untrained), diverged = sum(p => p.diverged);
  const score = finite === 0 ? null : sum(p => (p.meanScore ?? 0) * (p.trained + p.untrained)) / finite;
  const marks = (untrained ? ` ${untrained}u` : "") + (diverged ? ` ${diverged}d` : "");
  return { kind: untrained + diverged ? "unreliable" : "scored", text: (score === null ? "" : percent(score)) + marks, score, lost: untrained + diverged > 0,
    said: `${score === null ? "no finite score" : percent(score) + " %"}, ${sum(p => p.trained)} of ${sum(p => p.replicas)} seeds trained` + (diverged ? `, ${diverged} diverged` : "") + (untrained ? `, ${untrained} at chance` : "") };
}

// --- a sweep's report ---

// The console's own page, within this one: its parts bear this page's style, since its own is not let in.
async function report(name, signal) {
  show(`Report of ${name}`, el("p", { role: "status" }, "The report is drawn…"));
  const text = await (await ask(`/sweeps/${encodeURIComponent(name)}/report`, { signal })).text();
  if (signal.aborted) return;
  const found = document.adoptNode(new DOMParser().parseFromString(text, "text/html").body), heading = found.querySelector("h1");
  const save = el("button", { type: "button" }, "Save as a file");
  save.addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/html" }));
    el("a", { href: url, download: `${name}.html` }).click();
    URL.revokeObjectURL(url);
  });
  let section = heading.textContent;
  for (const part of found.querySelectorAll("h2, h3, .wide, pre")) {
    if (part.matches("h2, h3")) { section = part.textContent; continue; }
    part.tabIndex = 0;
    part.setAttribute("role", "region");
    part.setAttribute("aria-label", part.matches("pre") ? "Specification" : section);
  }
  for (const figure of found.querySelectorAll("figure")) figure.querySelector("svg").setAttribute("aria-label", figure.querySelector("figcaption").textContent);
  const content = el("article", { class: "report" });
  heading.remove();
  content.append(...found.childNodes);
  show(`Report of ${name}`, el("p", {}, el("a", { href: sweepHref(name) }, name)), save, content);
}

// --- one configuration ---

async function configuration(name, key, signal) {
  const at = `/sweeps/${encodeURIComponent(name)}/configurations/${encodeURIComponent(key)}`;
  let replicas = null, known = null;
  const render = async () => {
    const found = await json(at);
    // Rows are stored once, at the end.
    if (known !== found.status) [replicas, known] = [await json(at + "/replicas"), found.status];
    if (signal.aborted) return;
    say("");
    const job = found.job;
    show(`m = ${job.batchSize}, η̃ = ${rateText(job.baseLearningRate)}`,
      el("p", {}, el("a", { href: sweepHref(name) }, name), ` · ${found.status}${found.reason ? `: ${found.reason}` : ""} · attempt ${found.attempt}${found.host ? ` on ${found.host}` : ""}`),
      el("p", { class: "quiet" }, key),
      replicas.length ? el("h2", {}, "Test accuracy by epoch") : null, replicas.length ? curves(replicas) : null,
      replicas.length ? table("Replicas", ["Seed", "Outcome", "Score, %", "Updates"], replicas.map(r => [r.replica, r.outcome + (r.divergedAtStep === null ? "" : ` at step ${r.divergedAtStep}`), percent(r.score), r.updates])) : null,
      el("h2", {}, "Story"), table("Story", ["When", "What", "Attempt", "Host"], found.story.map(e => [moment(e.at), e.what, e.attempt || "", e.host])),
      el("h2", {}, "Log of the latest attempt"), logPart);
    logPart.textContent = await log();
  };
  const logPart = el("pre", { tabindex: "0", "aria-label": "Log" });
  const log = async () => { try { return await (await ask(at + "/log")).text(); } catch (failure) { return failure.detail ?? String(failure); } };
  await render();
  repeat(render, 5000, signal);
}

function curves(replicas) {
  const width = 640, height = 260, left = 44, bottom = 34, epochs = Math.max(1, ...replicas.flatMap(r => r.curve.map(p => p.epoch)));
  const x = epoch => left + (width - left - 10) * (epoch - 1) / Math.max(1, epochs - 1), y = share => 10 + (height - bottom - 10) * (1 - share);
  const ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg");
  const add = (tag, attributes, text) => { const made = document.createElementNS(ns, tag); for (const [n, v] of Object.entries(attributes)) made.setAttribute(n, v); if (text !== undefined) made.textContent = text; svg.append(made); };
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("class", "curves");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `Test accuracy by epoch of ${replicas.length} seeds; final: ${replicas.map(r => percent(r.finalTestAccuracy) + " %").join(", ")}`);
  for (const share of [0, .25, .5, .75, 1]) { add("line", { class: "grid", x1: left, x2: width - 10, y1: y(share), y2: y(share) }); add("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, `${100 * share} %`); }
  for (const epoch of new Set([1, Math.ceil(epochs / 2), epochs])) add("text", { x: x(epoch), y: height - 14, "text-anchor": epoch === epochs ? "end" : epoch === 1 ? "start" : "middle" }, `epoch ${epoch}`);
  for (const r of replicas) {
    const points = r.curve.filter(p => typeof p.testAccuracy === "number").map(p => `${x(p.epoch).toFixed(1)} ${y(p.testAccuracy).toFixed(1)}`);
    if (points.length) add("path", { d: "M" + points.join("L") });
  }
  return svg;
}

// --- pool ---

async function pool(signal) {
  const render = async () => {
    const found = await json("/pool");
    if (signal.aborted) return;
    say("");
    const held = new Map(found.leases.map(l => [l.lease.host + " " + l.lease.slot, l]));
    show("Pool",
      found.hosts.length === 0 ? el("p", {}, "No host with devices speaks to the pool.") : table("Devices", ["Host", "Device", "Slot", "Class", "Trains", "For", "State", "Heard"], found.hosts.flatMap(h => h.devices.flatMap(d => d.slots.map(s => {
        const lease = held.get(h.host + " " + s);
        return [h.hostName, `${d.id} (${d.name})`, s, d.numericsClass, lease?.lease.configurationKey ?? "", lease ? time(lease.heldSeconds) : "", lease?.givesWay ? `gives its slot to ${lease.givesWay}` : d.outOfService ?? h.drain ?? "in service", `${Math.round(h.secondsSinceHeartbeat)} s ago`];
      })))),
      el("h2", {}, "Hosts"), ...found.hosts.map(h => el("p", {}, `${h.hostName} `, h.drain
        ? button("undrain", `undrain ${h.hostName}?`, "It takes work again.", () => ask(`/pool/hosts/${encodeURIComponent(h.hostName)}/undrain`, { method: "POST" }))
        : button("drain", `drain ${h.hostName}?`, "It takes no new work, and what trains there goes on elsewhere after a last checkpoint, until you undrain it.", () => ask(`/pool/hosts/${encodeURIComponent(h.hostName)}/drain`, { method: "POST" })))),
      found.outages.length ? el("h2", {}, "What an operator has to put back") : null,
      found.outages.length ? table("Outages", ["Host", "Device", "Reason", "Since"], found.outages.map(o => [o.hostName, o.device, o.reason, moment(o.since)])) : null,
      el("h2", {}, "Teams"), table("Teams", ["Team", "Slots", "Quota", "Limit", "Weight", "Waiting"], (found.teams ?? []).map(t => [t.name, t.used, t.quota, t.limit ?? "none", t.weight, t.waiting])),
      el("h2", {}, `Queue: ${found.queue.length}`), found.queue.length ? table("Queue", ["Position", "Configuration", "Reason"], found.queue.slice(0, 200).map(q => [q.position, q.configurationKey, q.reason])) : null);
  };
  await render();
  repeat(render, 3000, signal);
}

// --- the Orleans Dashboard, where this silo has it ---

const dashboard = document.getElementById("dashboard");
dashboard?.addEventListener("click", async event => {
  event.preventDefault();
  tell("");
  try { await askAt(dashboard.pathname + "version"); } catch (failure) { tell(failure.detail ?? String(failure), true); return; }
  // It is no page of ours and asks without a token: a cookie bears it, to that path alone and until the browser ends.
  const token = sessionStorage.getItem(tokenKey), path = dashboard.pathname.slice(0, -1);
  if (token) document.cookie = `smallbatch-token=${encodeURIComponent(token)}; path=${path}; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
  location.assign(dashboard.pathname);
});

// --- where one is ---

async function go() {
  leave();
  const stop = new AbortController();
  leave = () => stop.abort();
  say("");
  tell("");
  const [kind, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  for (const link of document.querySelectorAll("nav a")) link.getAttribute("href") === `#/${kind === "pool" ? "pool" : ""}` ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  try {
    await (kind === "sweep" && rest.length > 1 ? configuration(rest[0], rest[1], stop.signal) : kind === "sweep" ? sweep(rest[0], stop.signal) : kind === "report" && rest.length ? report(rest[0], stop.signal) : kind === "pool" ? pool(stop.signal) : sweeps(stop.signal));
  } catch (failure) {
    if (!stop.signal.aborted) show("That did not work", el("p", {}, failure.detail ?? failure.message ?? String(failure)), el("p", {}, el("a", { href: "#/" }, "All sweeps")));
  }
}

addEventListener("hashchange", () => { go(); main.focus(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", go);
go();
