// The counter without a network: noticed by itself, said in one big state; signed static codes are checked here, kept in
// IndexedDB, and uploaded as soon as the server answers again. The server decides; a nonce counts there once.
import { isOurs, readStatic } from "./static_code.js";
import { dropScan, keepFacts, keepScan, keptFacts, rememberWord, waitingScans } from "./waiting.js";

const LOOK_MS = 15000;
const PATIENCE_MS = 6000;

class Queue {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.form = document.querySelector("[data-scan-form]");
    this.field = this.form.querySelector("[name=code]");
    this.isOffline = false;
    this.isSending = false;
    this.form.addEventListener("submit", (event) => this.read(event));
    this.part("send").addEventListener("click", () => this.send());
    window.addEventListener("offline", () => this.turn(true));
    window.addEventListener("online", () => this.look());
    rememberWord(this.words.wordLeave);
    setInterval(() => this.look(), LOOK_MS);
    this.look();
  }

  // Ask the server for the facts of the next gap; its answer is also the proof that there is no gap now.
  async look() {
    try {
      const answer = await this.ask(`${this.words.facts}?counter_id=${this.words.counter}`);
      if (answer.ok) await keepFacts(this.words.counter, await answer.json());
      await this.turn(!navigator.onLine); // The network may have gone while the answer was read.
      if (answer.ok && !this.isOffline) await this.send();
    } catch {
      await this.turn(true);
    }
  }

  // Every code goes to the server first; only where nobody answers is it taken in here.
  async read(event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    const code = this.field.value.trim();
    if (!code) return;
    if (navigator.onLine) {
      try {
        const answer = await this.ask(this.form.action, { method: "POST", body: new URLSearchParams(new FormData(this.form)) });
        if (answer.redirected) location.assign(answer.url);
        else this.form.submit();
        return;
      } catch {
        // Nobody answered. The request id is in the form, so asking again later is the same act.
      }
    }
    await this.turn(true);
    await this.hold(code);
  }

  async hold(code) {
    const facts = (await keptFacts(this.words.counter)) ?? this.shown();
    const read = readStatic(code);
    const refusal = await this.refusal(read, facts);
    this.field.value = "";
    window.dispatchEvent(new Event("puhui:scan-again"));
    if (refusal) {
      this.say(refusal, "wrong");
      return;
    }
    const ours = await isOurs(read, facts.keys);
    if (ours === false) {
      this.say(this.words.wordWrong, "wrong");
      return;
    }
    const offer = facts.offers.find((one) => one.id === read.offer);
    await keepScan({
      nonce: crypto.randomUUID(),
      code,
      scanned_at: new Date().toISOString(),
      clerk_id: this.words.clerk,
      counter_id: this.words.counter,
      voucher: read.voucher,
      coins: offer.coins_units,
    });
    const word = ours ? this.words.wordHeld : this.words.wordUnchecked;
    this.say(`${offer.title} × 1。${word}`, ours ? "held" : "unchecked");
    await this.count();
  }

  async refusal(read, facts) {
    if (!read) return this.words.wordNotStatic;
    if (read.merchant !== this.words.merchant) return this.words.wordOther;
    if (read.expiresAt <= Date.now()) return this.words.wordExpired;
    if (facts.revoked.includes(read.voucher)) return this.words.wordRevoked;
    const scans = await waitingScans();
    if (scans.some((scan) => scan.voucher === read.voucher)) return this.words.wordTwice;
    const offer = facts.offers.find((one) => one.id === read.offer);
    if (!offer || offer.coins_units > facts.rule.voucher_units) return this.words.wordCap;
    const today = new Date().toDateString();
    const held = scans
      .filter((scan) => scan.counter_id === this.words.counter && new Date(scan.scanned_at).toDateString() === today)
      .reduce((sum, scan) => sum + scan.coins, 0);
    const used = new Date(facts.at).toDateString() === today ? facts.used_units : 0;
    return used + held + offer.coins_units > facts.rule.counter_day_units ? this.words.wordCap : null;
  }

  async send() {
    const scans = (await waitingScans()).sort((one, other) => one.scanned_at.localeCompare(other.scanned_at));
    if (this.isSending || scans.length === 0) return this.count();
    this.isSending = true;
    try {
      const outcomes = [];
      for (const counter of new Set(scans.map((scan) => scan.counter_id))) {
        outcomes.push(...(await this.upload(counter, scans.filter((scan) => scan.counter_id === counter).slice(0, 200))));
      }
      if (outcomes.length) {
        const lost = outcomes.filter((outcome) => outcome !== "redeemed").length;
        const words = [this.words.wordUploaded.replace("{n}", String(outcomes.length))];
        if (lost) words.push(this.words.wordConflicts.replace("{n}", String(lost)));
        this.say(words.join(""), lost ? "wrong" : "sent");
      }
    } catch {
      await this.turn(true);
    } finally {
      this.isSending = false;
      await this.count();
    }
  }

  async upload(counter, scans) {
    const items = scans.map(({ nonce, code, scanned_at, clerk_id }) => ({ nonce, code, scanned_at, clerk_id }));
    const answer = await this.ask(this.words.upload, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.words.csrf },
      body: JSON.stringify({ counter_id: counter, items }),
    });
    if (!answer.ok) return [];
    const taken = (await answer.json()).items;
    for (const one of taken) await dropScan(one.nonce);
    return taken.map((one) => one.outcome);
  }

  async ask(url, more = {}) {
    const answer = await fetch(url, { ...more, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    // A gateway that answers for a server that is gone is no answer.
    if (answer.status >= 502 && answer.status <= 504) throw new Error("unreachable");
    return answer;
  }

  async turn(isOffline) {
    this.isOffline = isOffline;
    this.root.toggleAttribute("data-offline", isOffline);
    this.part("offline-title").hidden = !isOffline;
    this.part("offline-note").hidden = !isOffline;
    await this.count();
  }

  async count() {
    const { length } = await waitingScans();
    this.part("queue-count").textContent = length ? this.words.wordWaiting.replace("{n}", String(length)) : "";
    this.part("send").hidden = !length || this.isOffline;
    this.root.hidden = !this.isOffline && !length && !this.part("queue-word").textContent;
  }

  say(text, kind) {
    this.part("queue-word").textContent = text;
    this.root.dataset.kind = kind;
    this.root.hidden = false;
    this.root.scrollIntoView({ block: "nearest" });
  }

  // What the page itself was told, for a gap that began before the first facts were fetched.
  shown() {
    const { keys, voucherCap, dayCap } = this.words;
    const rule = { voucher_units: Number(voucherCap), counter_day_units: Number(dayCap) };
    return { at: new Date().toISOString(), keys: JSON.parse(keys), rule, revoked: [], offers: [], used_units: 0 };
  }

  part(name) {
    return this.root.querySelector(`[data-${name}]`) ?? this.root.querySelector(`[data-queue-${name}]`);
  }
}

const root = document.querySelector("[data-queue]");
if (root && "indexedDB" in window) new Queue(root);
