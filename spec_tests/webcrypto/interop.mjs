// The other side of test_interop.py: what it says of each case, another implementation of Web Crypto does here.
// Reads {cases, made} from stdin, where `made` is what Python has made of each case, and writes {made, failures} to stdout.
// Bytes are {hex}, both ways.
import { readFileSync } from "node:fs";

const { subtle } = globalThis.crypto;

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const isBuffer = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value);
const revived = (_, value) => (typeof value?.hex === "string" ? new Uint8Array(Buffer.from(value.hex, "hex")) : value);
const replaced = (_, value) => (isBuffer(value) ? { hex: hex(value) } : value);

// The numbers and octets of a JSON Web Key; what else it says may differ.
const MATERIAL = ["kty", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi", "k"];
const same = (a, b) => (a.kty ? MATERIAL.every((name) => a[name] === b[name]) : hex(a) === hex(b));

const PAYLOAD = Uint8Array.from({ length: 32 }, (_, index) => index);
const PAYLOAD_ALGORITHM = { name: "HMAC", hash: "SHA-256" };

const makers = {
  digest: ({ algorithm, text }) => subtle.digest(algorithm, text),
  sign: ({ algorithm, text }, keys) => subtle.sign(algorithm, keys.private ?? keys.secret, text),
  encrypt: ({ algorithm, text }, keys) => subtle.encrypt(algorithm, keys.public ?? keys.secret, text),
  agree: ({ algorithm }, keys) => subtle.deriveBits({ ...algorithm, public: keys.public }, keys.private),
  derive: ({ algorithm }, keys) => subtle.deriveBits(algorithm, keys.secret, 512),
  async wrap({ algorithm, format }, keys) {
    const payload = await subtle.importKey("raw", PAYLOAD, PAYLOAD_ALGORITHM, true, ["sign"]);
    return subtle.wrapKey(format, payload, keys.public ?? keys.secret, algorithm);
  },
};

const checkers = {
  sign: ({ algorithm, text }, keys, result) => subtle.verify(algorithm, keys.public ?? keys.secret, result, text),
  async encrypt({ algorithm, text }, keys, result) {
    return same(await subtle.decrypt(algorithm, keys.private ?? keys.secret, result), text);
  },
  async wrap({ algorithm, format }, keys, result) {
    const unwrappingKey = keys.private ?? keys.secret;
    const key = await subtle.unwrapKey(format, result, unwrappingKey, algorithm, PAYLOAD_ALGORITHM, true, ["sign"]);
    return same(await subtle.exportKey("raw", key), PAYLOAD);
  },
};

async function isRight(theCase, keys, result) {
  const checker = checkers[theCase.operation];
  return checker ? checker(theCase, keys, result) : same(await makers[theCase.operation](theCase, keys), result);
}

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

// From each format, and back to each format.
async function importedKeys(theCase, exported, complain) {
  if (theCase.secret) return generatedKeys(theCase);
  const { generate, usages, formats } = theCase;
  const keys = {};
  for (const [type, byFormat] of Object.entries(exported)) {
    for (const [format, data] of Object.entries(byFormat)) {
      keys[type] = await subtle.importKey(format, data, generate, true, usages[type]);
      for (const other of formats[type]) {
        const again = await subtle.exportKey(other, keys[type]);
        if (!same(again, byFormat[other])) complain(`${type} key from ${format} to ${other}`);
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
    const result = await makers[theCase.operation](theCase, keys);
    output.made.push({ keys: await exportedKeys(keys, theCase.formats), result });
    const theirs = await importedKeys(theCase, made[index].keys, complain);
    if (!(await isRight(theCase, theirs, made[index].result))) complain("the result is another");
  } catch (error) {
    complain(error.stack);
    output.made.push(null);
  }
}
process.stdout.write(JSON.stringify(output, replaced));
