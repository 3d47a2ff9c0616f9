// Reads operations as JSON from standard input, and writes what Durable Objects of miniflare answer.
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";

const worker = `
import { DurableObject } from "cloudflare:workers";

const hexOf = buffer =>
  [...new Uint8Array(buffer)].map(byte => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = hex => new Uint8Array((hex.match(/../g) ?? []).map(pair => parseInt(pair, 16)));

function valueOf(data) {
  if (Array.isArray(data)) return data.map(valueOf);
  if (data === null || typeof data !== "object") return data;
  if (data.repeat) return data.repeat[0].repeat(data.repeat[1]);
  if (data.bytes !== undefined) return bytesOf(data.bytes);
  if (data.date !== undefined) return new Date(data.date);
  if (data.set) return new Set(data.set.map(valueOf));
  if (data.map) return new Map(data.map.map(valueOf));
  if (data.function) return () => 1;
  if (data.symbol) return Symbol("s");
  if (data.error) return new globalThis[data.error](data.message);
  if (data.now !== undefined) return Date.now() + data.now;
  return Object.fromEntries(Object.entries(data).map(([key, item]) => [key, valueOf(item)]));
}

const shortened = text =>
  text.length <= 300 ? text : { long: [text.length, text.slice(0, 9), text.slice(-9)] };

function dataOf(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return shortened(value);
  if (typeof value === "bigint") return { bigint: value.toString() };
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
    return { bytes: shortened(hexOf(value.buffer ?? value)) };
  if (value instanceof Date) return { date: value.getTime() };
  if (value instanceof Set) return { set: [...value].map(dataOf) };
  if (value instanceof Map) return { map: [...value].map(dataOf) };
  if (value instanceof Error) return { error: value.name, message: value.message };
  if (value instanceof WebSocket) return { socket: dataOf(value.deserializeAttachment()) };
  if (Array.isArray(value)) return value.map(dataOf);
  if (typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, dataOf(item)]));
  return value;
}

async function answerOf(operation) {
  try {
    return { value: dataOf(await operation()) };
  } catch (error) {
    return { error: error.name, message: error.message };
  }
}

export class Subject extends DurableObject {
  sockets = {};

  async perform(operation) {
    return JSON.stringify(await answerOf(() => this.run(operation, this.ctx.storage)));
  }

  run({ call, args = [], steps, end, take }, storage) {
    args = args.map(valueOf);
    const all = txn => {
      const seen = [];
      const each = async () => {
        for (const step of steps) seen.push(await this.run(step, txn ?? storage));
        if (end === "throw") throw new RangeError("thrown");
        if (end === "rollback") txn.rollback();
        return seen;
      };
      return each();
    };
    const allNow = () => {
      const seen = steps.map(step => this.run(step, storage));
      if (end === "throw") throw new RangeError("thrown");
      return seen;
    };
    if (call === "transaction") return storage.transaction(all);
    if (call === "leak") return storage.transaction(async txn => { this.txn = txn; });
    if (call === "leaked") return this.txn[args[0]](...args.slice(1));
    if (call === "after rollback")
      return storage.transaction(async txn => { txn.rollback(); return txn[args[0]](...args.slice(1)); });
    if (call === "outer rollback")
      return storage.transaction(outer => storage.transaction(async () => outer.rollback()));
    if (call === "rollback twice")
      return storage.transaction(async txn => { txn.rollback(); txn.rollback(); return "ok"; });
    if (call === "transactionSync") return storage.transactionSync(allNow);
    if (call === "block") return this.ctx.blockConcurrencyWhile(() => all());
    if (call === "sql") {
      const cursor = this.ctx.storage.sql.exec(...args);
      if (take === "columnNames" || take === "rowsWritten") return cursor[take];
      if (take === "rows read") { cursor.toArray(); return cursor.rowsRead; }
      if (take === "raw") return [...cursor.raw()];
      if (take === "iterate") return [...cursor];
      if (take === "next twice") return [cursor.next(), cursor.next()];
      if (take === "one") return cursor.one();
      return cursor.toArray();
    }
    if (call === "kv list") return [...this.ctx.storage.kv.list(...args)];
    if (call === "kv lists") {
      const first = this.ctx.storage.kv.list();
      first.next();
      this.ctx.storage.kv.list();
      return first.next();
    }
    if (call.startsWith("kv.")) return this.ctx.storage.kv[call.slice(3)](...args);
    if (call === "getAlarm rounded")
      return this.ctx.storage.getAlarm().then(time => time === null ? null : time - args[0]);
    if (call === "socket") {
      const [name, method, ...others] = args;
      if (method === "new") {
        this.sockets[name] = new WebSocketPair()[1];
        return null;
      }
      if (method === "accept with its other end") {
        const pair = new WebSocketPair();
        pair[0].accept();
        this.sockets[name] = pair[1];
        return this.ctx.acceptWebSocket(pair[1]);
      }
      if (method === "ctx") return this.ctx[others[0]](this.sockets[name], ...others.slice(1));
      return this.sockets[name][method](...others);
    }
    if (call === "auto response")
      return this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(...args));
    if (call === "auto response pair") {
      const pair = this.ctx.getWebSocketAutoResponse();
      return pair && [pair.request, pair.response];
    }
    if (call === "id") return [this.ctx.id.name ?? null, this.ctx.id.toString().length];
    if (call.startsWith("ctx.")) return this.ctx[call.slice(4)](...args);
    return storage[call](...args);
  }

  echo(value) { return value; }
  throws(data) { throw valueOf(data); }
  get property() { return "of the class"; }
  get data() { return { a: { b: 2 } }; }
  own = "of the instance";
  async alarm() { }
}

export class WithoutAlarm extends DurableObject {
  async perform(operation) {
    return JSON.stringify(await answerOf(() => this.ctx.storage[operation.call](...operation.args.map(valueOf))));
  }
}

async function outside({ call, args = [] }, env) {
  const stub = env.SUBJECT.getByName("it");
  if (call === "throws") return stub.throws(args[0]);
  if (call === "pipelined" || call === "pipelined call") {
    const [value, ...path] = args;
    const member = path.reduce((of, name) => of[name], value === null ? stub.data : stub.echo(value));
    return call === "pipelined" ? member : member();
  }
  args = args.map(valueOf);
  if (call === "stub") return stub[args[0]](...args.slice(1));
  if (call === "property") return stub[args[0]];
  if (call === "echo") return stub.echo(args[0]);
  if (call === "without alarm")
    return JSON.parse(await env.WITHOUT.getByName("it").perform(
      { call: args[0], args: args.slice(1) }));
  if (call === "ids") {
    const namespace = env.SUBJECT;
    const [one, same, other] = ["a", "a", "b"].map(name => namespace.idFromName(name));
    const unique = namespace.newUniqueId();
    return [
      one.equals(same), one.equals(other), one.name ?? null, unique.name ?? null,
      namespace.idFromString(one.toString()).equals(one), one.toString().length,
      namespace.idFromString(one.toString()).name ?? null,
      namespace.get(one).name ?? null, namespace.get(one).id.equals(one),
    ];
  }
  if (call === "long name") return JSON.parse(await env.SUBJECT.getByName("n".repeat(args[0])).perform({ call: "id" }));
  if (call === "foreign id") return env.SUBJECT.get(env.WITHOUT.idFromName("x"));
  return env.SUBJECT[call](...args);
}

export default {
  async fetch(request, env) {
    const answers = [];
    for (const operation of await request.json()) {
      if (operation.outside) {
        answers.push(await answerOf(() => outside(operation, env)));
      } else {
        const stub = env.SUBJECT.getByName(operation.object ?? "it");
        try {
          answers.push(JSON.parse(await stub.perform(operation)));
        } catch (error) {
          const reset = error.durableObjectReset ? { reset: true } : {};
          answers.push({ error: error.name, message: error.message, ...reset });
        }
      }
    }
    return Response.json(answers);
  }
}`;

const miniflare = new Miniflare({
  modules: true,
  script: worker,
  compatibilityDate: "2026-04-01",
  durableObjects: {
    SUBJECT: { className: "Subject", useSQLite: true },
    WITHOUT: { className: "WithoutAlarm", useSQLite: true },
  },
});
const response = await miniflare.dispatchFetch(
  "http://localhost/", { method: "POST", body: readFileSync(0) });
const answers = await response.text();
await new Promise(resolve => process.stdout.write(answers, resolve));
await miniflare.dispose();
