// What a voucher's signed static code says, and whether the signature is ours. The layout is that of the server's
// rewards/vouchers/signature.py: key 4, voucher 16, offer 16, merchant 16, number 8, end 8, signature 64 bytes.
const PREFIX = "PHV1:";
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const FACTS = 68;
const SIGNATURE = 64;
const PURPOSE = new TextEncoder().encode("puhui voucher");

export function readStatic(text) {
  const plain = text.replace(/\s+/g, "").toUpperCase();
  const bytes = plain.startsWith(PREFIX) ? decoded(plain.slice(PREFIX.length)) : null;
  if (!bytes || bytes.length !== FACTS + SIGNATURE) return null;
  const view = new DataView(bytes.buffer);
  return {
    key: hex(bytes, 0, 4),
    voucher: uuid(bytes, 4),
    offer: uuid(bytes, 20),
    merchant: uuid(bytes, 36),
    expiresAt: Number(view.getBigInt64(60)) * 1000,
    facts: bytes.slice(0, FACTS),
    signature: bytes.slice(FACTS),
  };
}

// true and false are what the browser's own Ed25519 says; null is a browser that has none.
export async function isOurs(read, keys) {
  const raw = keys[read.key];
  if (!raw) return false;
  const signed = new Uint8Array(PURPOSE.length + read.facts.length);
  signed.set(PURPOSE);
  signed.set(read.facts, PURPOSE.length);
  try {
    const bytes = Uint8Array.from(atob(raw), (sign) => sign.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", bytes, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, read.signature, signed);
  } catch {
    return null;
  }
}

function decoded(body) {
  const bytes = [];
  let bits = 0;
  let value = 0;
  for (const sign of body.replace(/=+$/, "")) {
    const digit = ALPHABET.indexOf(sign);
    if (digit < 0) return null;
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}

function hex(bytes, from, length) {
  return Array.from(bytes.slice(from, from + length), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function uuid(bytes, from) {
  return hex(bytes, from, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
