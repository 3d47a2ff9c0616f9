// The oracle's questions about URLs, answered by the URL and URLSearchParams of the engine that runs this.
import { readFileSync } from "node:fs";

const ATTRIBUTES = [
  "href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash",
];
const attributes = (url) => Object.fromEntries(ATTRIBUTES.map((name) => [name, url[name]]));

const operations = {
  "url.parse": (url, base) => attributes(new URL(url, base ?? undefined)),
  "url.set"(href, attribute, value) {
    const url = new URL(href);
    url[attribute] = value;
    return attributes(url);
  },
  "urlsearchparams.call"(init, calls = []) {
    const params = new URLSearchParams(init);
    const results = calls.map(([method, ...args]) => params[method](...args) ?? null);
    return { results, entries: [...params], string: String(params) };
  },
};

const answer = ({ op, args }) => {
  try {
    return { result: operations[op](...args) };
  } catch (error) {
    return { error: { name: error.name, message: error.message } };
  }
};

const lines = readFileSync(0, "utf8").split("\n").filter(Boolean);
process.stdout.write(lines.map((line) => `${JSON.stringify(answer(JSON.parse(line)))}\n`).join(""));
