// The counter's scanner: a ladder of decoders behind one call. The page works by typing the code where no rung holds.
//
// <div data-scanner data-target="#code-field-id"><video playsinline muted></video> <button data-scanner-start>…</button>
//   <p data-scanner-state data-no-camera="…" data-looking="…"></p></div>
// <input type="file" accept="image/*" capture="environment" data-scanner-photo>
// On a hit the text is put into the target field and its form is sent.
import QrScanner from "qr-scanner";

const STRONG_AFTER_MS = 3000;

class Scanner {
  constructor(root) {
    this.root = root;
    this.video = root.querySelector("video");
    this.state = root.querySelector("[data-scanner-state]");
    this.field = document.querySelector(root.dataset.target);
    this.isDone = false;
    this.strong = null;
    root.querySelector("[data-scanner-start]")?.addEventListener("click", () => this.start());
    for (const photo of document.querySelectorAll("[data-scanner-photo]")) {
      photo.addEventListener("change", () => this.read(photo.files[0]));
    }
    if (root.hasAttribute("data-scanner-auto")) this.start();
    // Without a network the page stays, so the next code is looked for at once.
    window.addEventListener("puhui:scan-again", () => this.again());
  }

  async start() {
    this.say("looking");
    this.root.dataset.running = "yes";
    this.light = new QrScanner(this.video, (result) => this.found(result.data), {
      preferredCamera: "environment",
      returnDetailedScanResult: true,
      maxScansPerSecond: 12,
    });
    try {
      await this.light.start();
    } catch {
      this.say("noCamera");
      delete this.root.dataset.running;
      return;
    }
    setTimeout(() => this.startStrong(), STRONG_AFTER_MS);
  }

  // After three seconds without a hit the stronger decoder helps: 412 kB, so it is fetched only then.
  async startStrong() {
    if (this.isDone) return;
    this.strong = await strongDetector();
    while (!this.isDone) {
      const hits = await this.strong.detect(this.video).catch(() => []);
      if (hits.length) this.found(hits[0].rawValue);
      await new Promise((next) => setTimeout(next, 150));
    }
  }

  async read(file) {
    if (!file) return;
    const picture = await createImageBitmap(file);
    const hits = await (await strongDetector()).detect(picture).catch(() => []);
    if (hits.length) this.found(hits[0].rawValue);
    else this.say("noCode");
  }

  found(text) {
    if (this.isDone) return;
    this.isDone = true;
    this.light?.stop();
    this.field.value = text;
    this.field.form.requestSubmit();
  }

  again() {
    if (!this.isDone || !this.root.dataset.running) return;
    this.isDone = false;
    this.start();
  }

  say(word) {
    if (this.state) this.state.textContent = this.state.dataset[word] ?? "";
  }
}

// barcode-detector and its wasm must match exactly, so the copy that belongs to it is the one that is built in.
async function strongDetector() {
  const [{ BarcodeDetector, prepareZXingModule }, wasm] = await Promise.all([
    import("barcode-detector/ponyfill"),
    import("zxing-wasm/reader/zxing_reader.wasm"),
  ]);
  prepareZXingModule({ overrides: { locateFile: () => wasm.default } });
  return new BarcodeDetector({ formats: ["qr_code"] });
}

for (const root of document.querySelectorAll("[data-scanner]")) new Scanner(root);
