import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Started, Usage } from "./usage.ts";

export interface IdleFigures {
  readonly listens: number;
  /** With one listen for each agent, with all of them, and after their end. */
  readonly first: Usage;
  readonly all: Usage;
  readonly none: Usage;
  readonly bytesPerListen: number;
}

const AGENTS = 10;
/** What may be left of an ended listen, such as compiled code and the places of tables. */
export const LEFT_BYTES = 4_000;
const NEWS = "syntha://item/news";

/** Opens listens of ten agents on one server, which stay silent, and measures the server. */
export async function listenIdly(path: string, listens: number): Promise<IdleFigures> {
  const child = fork(
    fileURLToPath(new URL("server-process.ts", import.meta.url)),
    [path, `${AGENTS}`],
    {
      execArgv: ["--expose-gc"],
    },
  );
  try {
    const [{ url, tokens }] = (await once(child, "message")) as [Started];
    const open: ClientRequest[] = [];
    const more = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) open.push(await listen(url, tokens[open.length % AGENTS]!));
    };
    await more(AGENTS);
    const first = await measure(child);
    await more(listens - AGENTS);
    const all = await measure(child);
    for (const each of open) each.destroy();
    const none = await measureWhenEnded(child, first.bytes + listens * LEFT_BYTES);
    return {
      listens,
      first,
      all,
      none,
      bytesPerListen: Math.round((all.bytes - first.bytes) / (listens - AGENTS)),
    };
  } finally {
    const exited = once(child, "exit");
    child.disconnect();
    await exited;
  }
}

async function measure(child: ChildProcess): Promise<Usage> {
  child.send("measure");
  const [usage] = (await once(child, "message")) as [Usage];
  return usage;
}

/** Measures until the server has let go of most of what its clients cost; gives up after a while. */
async function measureWhenEnded(child: ChildProcess, enough: number): Promise<Usage> {
  for (let left = 100; ; left--) {
    const usage = await measure(child);
    if (usage.bytes <= enough || left === 0) return usage;
    await pause(100);
  }
}

/** @returns once the server has acknowledged it */
async function listen(url: string, token: string): Promise<ClientRequest> {
  const version = "2026-07-28";
  const body = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "subscriptions/listen",
    params: {
      notifications: { resourcesListChanged: true, resourceSubscriptions: [NEWS] },
      _meta: {
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": { name: "idle-test", version: "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
      },
    },
  });
  const sent = request(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": version,
      "mcp-method": "subscriptions/listen",
    },
  });
  // The end of the test ends it.
  sent.on("error", () => {});
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const [chunk] = (await once(response, "data")) as [Buffer];
  const text = chunk.toString();
  if (!text.includes("acknowledged")) throw new Error(`The listen was refused: ${text}`);
  response.on("error", () => {});
  response.resume();
  return sent;
}
