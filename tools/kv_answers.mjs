// Reads calls as JSON from standard input, and writes what a KV namespace of miniflare answers.
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";

const worker = `
const hexOf = buffer =>
  [...new Uint8Array(buffer)].map(byte => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = hex => new Uint8Array((hex.match(/../g) ?? []).map(pair => parseInt(pair, 16)));
let lastCursor;

function streamOf(chunks) {
  const { readable, writable } = new IdentityTransformStream();
  (async () => {
    const writer = writable.getWriter();
    try {
      for (const chunk of chunks) await writer.write(chunk);
      await writer.close();
    } catch { }  // the reader has seen enough
  })();
  return readable;
}

function* zeros(length) {
  for (; length > 0; length -= 65536) yield new Uint8Array(Math.min(length, 65536));
}

function valueOf(data) {
  if (Array.isArray(data)) return data.map(valueOf);
  if (data === null || typeof data !== "object") return data;
  if (data.repeat) return data.repeat[0].repeat(data.repeat[1]);
  if (data.bytes !== undefined) return bytesOf(data.bytes).buffer;
  if (data.stream) return streamOf(data.stream.map(bytesOf));
  if (data.zeros) return streamOf(zeros(data.zeros));
  if (data.names) return Array.from({ length: data.names[1] }, (_, n) => data.names[0] + n);
  if (data["last cursor"]) return lastCursor;
  return Object.fromEntries(Object.entries(data).map(([key, item]) => [key, valueOf(item)]));
}

const shortened = text =>
  text.length <= 1000 ? text : { long: [text.length, text.slice(0, 9), text.slice(-9)] };

async function dataOf(value) {
  if (value === undefined) return null;
  if (typeof value === "string") return shortened(value);
  if (value instanceof ArrayBuffer) return { bytes: shortened(hexOf(value)) };
  if (value instanceof ReadableStream)
    return { stream: shortened(hexOf(await new Response(value).arrayBuffer())) };
  if (Array.isArray(value)) return Promise.all(value.map(dataOf));
  if (value === null || typeof value !== "object") return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const data = {};
  for (const [key, item] of entries) data[key] = key === "cursor" ? "a cursor" : await dataOf(item);
  return value instanceof Map ? { map: data } : data;
}

export default {
  async fetch(request, { KV }) {
    const answers = [];
    for (const { call, args } of await request.json()) {
      try {
        const value = await KV[call](...args.map(valueOf));
        lastCursor = value?.cursor ?? lastCursor;
        answers.push({ value: await dataOf(value) });
      } catch (error) {
        answers.push({ error: error.name, message: error.message });
      }
    }
    return Response.json(answers);
  }
}`;

const miniflare = new Miniflare({
  modules: true, script: worker, kvNamespaces: ["KV"], compatibilityDate: "2025-09-01",
});
const response = await miniflare.dispatchFetch(
  "http://localhost/", { method: "POST", body: readFileSync(0) });
const answers = await response.text();
await new Promise(resolve => process.stdout.write(answers, resolve));
await miniflare.dispose();
