// The scans that wait on this device for a network: an IndexedDB that outlives the page, the tab and the log-in.
const NAME = "puhui-counter";
const WORD = "puhui-queue-word";

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("scans", { keyPath: "nonce" });
      asked.result.createObjectStore("facts");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function run(store, mode, work) {
  const base = await opened();
  try {
    return await new Promise((resolve, reject) => {
      // A scan that the clerk acts on must be on the disk, not on its way there.
      const transaction = base.transaction(store, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    base.close();
  }
}

export const waitingScans = () => run("scans", "readonly", (store) => store.getAll());
export const keepScan = (scan) => run("scans", "readwrite", (store) => store.add(scan));
export const dropScan = (nonce) => run("scans", "readwrite", (store) => store.delete(nonce));
export const keepFacts = (key, facts) => run("facts", "readwrite", (store) => store.put(facts, key));
export const keptFacts = (key) => run("facts", "readonly", (store) => store.get(key));

// The sentence that stands in the way of logging out; it is kept beside the queue because any page may log out.
export const rememberWord = (word) => localStorage.setItem(WORD, word);

// Nobody logs out over a queue: the log-out clears this device's storage, and with it what was handed over.
export function guardLeaving() {
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      const word = localStorage.getItem(WORD);
      if (!word || form.dataset.queueEmpty || !(form.getAttribute("action") ?? "").endsWith("/log-out")) return;
      event.preventDefault();
      event.stopPropagation();
      const scans = await waitingScans();
      if (scans.length === 0) {
        form.dataset.queueEmpty = "yes";
        form.requestSubmit();
        return;
      }
      let note = form.querySelector("[data-queue-stop]");
      if (!note) {
        note = document.createElement("p");
        note.className = "warn";
        note.setAttribute("role", "alert");
        note.dataset.queueStop = "";
        form.prepend(note);
      }
      note.textContent = word.replace("{n}", String(scans.length));
    },
    true,
  );
}
