// The scenarios as node answers them with its own http module.
import { createServer } from "node:http";

const chunk = Buffer.alloc(64 * 1024);

async function contentOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://127.0.0.1");
  response.setHeader("content-type", "text/plain;charset=UTF-8");
  if (url.pathname === "/stream") {
    for (let count = 0; count < 16; count++) {
      if (!response.write(chunk)) await new Promise((resolve) => response.once("drain", resolve));
    }
    response.end();
  } else if (url.pathname === "/json") {
    response.end(JSON.stringify(JSON.parse(await contentOf(request))));
  } else if (url.pathname === "/form") {
    const init = { headers: { "content-type": request.headers["content-type"] } };
    const form = await new Response(await contentOf(request), init).formData();
    response.end(`${form.get("name")} ${form.get("file").size}`);
  } else if (url.pathname.startsWith("/items/")) {
    const page = url.searchParams.get("page");
    response.end(`${url.pathname} ${page} ${request.headers["accept-language"]}`);
  } else {
    if (url.pathname === "/wait") await new Promise(setImmediate);
    response.end("Hello World");
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
