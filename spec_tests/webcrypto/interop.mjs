// The other side of test_interop.py: what it says of each case, another implementation of Web Crypto does here.
// Reads {cases, made} from stdin, where `made` is what Python has made of each case, and writes {made, failures} to stdout.
// Bytes are {hex}, both ways.
import { readFileSync } from "node:fs";

const { subtle } = globalThis.crypto;
const revived = (key, value) => (value && typeof value.hex === "string" ? new Uint8Array(Buffer.from(value.hex, "hex")) : value);
const replaced = (key, value) => (value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? { hex: Buffer.from(value).toString("hex") } : value);
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const MATERIAL = ["kty", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi", "k"];
const same = (a, b) => (a.kty ? MATERIAL.every((name) => a[name] === b[name]) : hex(a) === hex(b));

const makers = {
  async digest({ algorithm, text }) { return { result: await subtle.digest(algorithm, text) }; },
  async sign({ algorithm, text }, keys) { return { result: await subtle.sign(algorithm, keys.private ?? keys.secret, text) }; },
  async encrypt({ algorithm, text }, keys) { return { result: await subtle.encrypt(algorithm, keys.public ?? keys.secret, text) }; },
  async agree({ algorithm }, keys) { return { result: await subtle.deriveBits({ ...algorithm, public: keys.public }, keys.private) }; },
  async derive({ algorithm }, keys) { return { result: await subtle.deriveBits(algorithm, keys.secret, 512) }; },
  async wrap({ algorithm, format }, keys) { return { result: await subtle.wrapKey(format, keys.payload, keys.public ?? keys.secret, algorithm) }; },
};

const checkers = {
  async digest(theCase, keys, made) { return same(made.result, (await makers.digest(theCase)).result); },
  async sign({ algorithm, text }, keys, made) { return subtle.verify(algorithm, keys.public ?? keys.secret, made.result, text); },
  async encrypt({ algorithm, text }, keys, made) { return same(await subtle.decrypt(algorithm, keys.private ?? keys.secret, made.result), text); },
  async agree(theCase, keys, made) { return same(made.result, (await makers.agree(theCase, keys)).result); },
  async derive(theCase, keys, made) { return same(made.result, (await makers.derive(theCase, keys)).result); },
  async wrap({ algorithm, format }, keys, made) {
    const key = await subtle.unwrapKey(format, made.result, keys.private ?? keys.secret, algorithm, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    return same(await subtle.exportKey("raw", key), new Uint8Array(32).map((_, index) => index));
  },
};

async function generatedKeys({ generate, secret, usages, formats }) {
  if (secret) return { secret: await subtle.importKey("raw", secret, generate, false, usages.secret) };
  if (!generate) return {};
  const made = await subtle.generateKey(generate, true, Object.keys(formats).flatMap((type) => usages[type]));
  return made.publicKey ? { public: made.publicKey, private: made.privateKey } : { secret: made };
}

async function exportedKeys(keys, formats) {
  const exported = {};
  for (const [type, names] of Object.entries(formats ?? {})) {
    exported[type] = {};
    for (const format of names) exported[type][format] = await subtle.exportKey(format, keys[type]);
  }
  return exported;
}

async function importedKeys({ generate, secret, usages, formats }, exported, complain) {
  if (secret) return { secret: await subtle.importKey("raw", secret, generate, false, usages.secret) };
  const keys = {};
  for (const [type, byFormat] of Object.entries(exported ?? {})) {
    for (const [format, data] of Object.entries(byFormat)) {
      keys[type] = await subtle.importKey(format, data, generate, true, usages[type]);
      for (const other of formats[type]) {
        if (!same(await subtle.exportKey(other, keys[type]), byFormat[other])) complain(`${type} key from ${format} to ${other}`);
      }
    }
  }
  return keys;
}

const { cases, made } = JSON.parse(readFileSync(0, "utf-8"), revived);
const output = { made: [], failures: [] };
for (const [index, theCase] of cases.entries()) {
  const complain = (what) => output.failures.push(`${theCase.name}: ${what}`);
  try {
    const keys = await generatedKeys(theCase);
    const bytes = new Uint8Array(32).map((_, position) => position);
    if (theCase.operation === "wrap") keys.payload = await subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    output.made.push({ keys: await exportedKeys(keys, theCase.formats), ...(await makers[theCase.operation](theCase, keys)) });
    const theirs = await importedKeys(theCase, made[index].keys, complain);
    if (!(await checkers[theCase.operation](theCase, theirs, made[index]))) complain("the result is another");
  } catch (error) {
    complain(`${error.stack}`);
    output.made.push(null);
  }
}
process.stdout.write(JSON.stringify(output, replaced));
