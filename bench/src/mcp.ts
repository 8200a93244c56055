import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  Client,
  StreamableHTTPClientTransport,
  type Transport,
} from "@modelcontextprotocol/client";
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { ToolHandler } from "@syntha/tools";
import type { Chapter, Figure } from "./figure.ts";
import { folder } from "./folder.ts";
import { repeat } from "./measure.ts";
import { sample, sampleKey } from "./sample.ts";

const HELD = 1_000;
/** Microseconds that a call over stdio may take beyond the handler's. */
const STDIO_OVER = 1_500;
/** The same, over HTTP on the loopback interface. */
const HTTP_OVER = 2_000;

/** A call of a tool by the official client, beside the handler alone, and beside the reference server for memory. */
export const mcp: Chapter = {
  title: "MCP, on SQLite",
  async *figures(): AsyncGenerator<Figure> {
    const at = folder();
    const mesh = new ContextMesh({
      storage: new SqliteStorage({ path: at("handler.db") }),
      sweepEvery: false,
    });
    const handler = new ToolHandler(mesh.agent("Writer"));
    const server = fileURLToPath(new URL("mcp-server.ts", import.meta.url));
    const stdio = await connect(["--conditions=@syntha/source", server, at("stdio.db")]);
    const reference = await connect(
      [fileURLToPath(import.meta.resolve("@modelcontextprotocol/server-memory/dist/index.js"))],
      { MEMORY_FILE_PATH: at("memory.jsonl") },
    );

    const http = await connectHttp(at("http.db"));

    const direct: Call = async (name, args) => {
      const answer = await handler.handleToolCall(name, args);
      if (!answer.success) throw new Error(answer.error);
    };
    const push = (call: Call) => repeat((i) => call("push_context", toPush(i)));
    const get = (call: Call) =>
      repeat((i) => call("get_context", { keys: [sampleKey((i * 31) % HELD)] }));
    await push(direct)(HELD);
    await push(stdio.call)(HELD);
    await push(http.call)(HELD);
    const entities = Array.from({ length: HELD }, (_, i) => toEntity(i));
    await reference.call("create_entities", { entities });

    const often = { baseline: "the handler alone", times: 200, rounds: 15 };
    yield {
      name: "get_context over stdio",
      ...often,
      over: STDIO_OVER,
      ours: get(stdio.call),
      against: get(direct),
    };
    yield {
      name: "push_context over stdio",
      ...often,
      over: STDIO_OVER,
      ours: push(stdio.call),
      against: push(direct),
    };
    yield {
      name: "get_context over HTTP",
      ...often,
      over: HTTP_OVER,
      ours: get(http.call),
      against: get(direct),
    };
    yield {
      name: "push_context over HTTP",
      ...often,
      over: HTTP_OVER,
      ours: push(http.call),
      against: push(direct),
    };
    const beside = { times: 50, rounds: 9, baseline: `the memory server, with ${HELD} entities` };
    yield {
      name: "get_context over stdio",
      ...beside,
      baseline: `open_nodes of ${beside.baseline}`,
      ours: get(stdio.call),
      against: repeat((i) => reference.call("open_nodes", { names: [sampleKey((i * 31) % HELD)] })),
    };
    let next = 0;
    yield {
      name: "push_context over stdio",
      ...beside,
      baseline: `add_observations of ${beside.baseline}`,
      ours: push(stdio.call),
      against: repeat(() => {
        const contents = [JSON.stringify(sample(HELD + next))];
        const observation = { entityName: sampleKey(next++ % HELD), contents };
        return reference.call("add_observations", { observations: [observation] });
      }),
    };
    await stdio.close();
    await http.close();
    await reference.close();
    await mesh.close();
  },
};

type Call = (name: string, args: Record<string, unknown>) => Promise<void>;

interface Connection {
  readonly call: Call;
  readonly close: () => Promise<void>;
}

/** Starts a server of Node over stdio. */
async function connect(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Connection> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...args],
    env: { ...getDefaultEnvironment(), ...env },
    stderr: "ignore",
  });
  return connectBy(transport);
}

/** Starts our server over HTTP. */
async function connectHttp(path: string): Promise<Connection> {
  const program = fileURLToPath(new URL("mcp-http-server.ts", import.meta.url));
  const child: ChildProcess = fork(program, [path], {
    execArgv: ["--conditions=@syntha/source"],
  });
  const [url] = (await once(child, "message")) as [string];
  const { call, close } = await connectBy(new StreamableHTTPClientTransport(new URL(url)));
  return {
    call,
    close: async () => {
      await close();
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}

async function connectBy(transport: Transport): Promise<Connection> {
  const client = new Client(
    { name: "bench", version: "1" },
    { versionNegotiation: { mode: "auto" } },
  );
  await client.connect(transport);
  return {
    call: async (name, args) => {
      const { isError, content } = await client.callTool({ name, arguments: args });
      if (isError) throw new Error(JSON.stringify(content));
    },
    close: () => client.close(),
  };
}

function toPush(i: number): Record<string, unknown> {
  return { key: sampleKey(i % HELD), value: JSON.stringify(sample(i)), global: true };
}

function toEntity(i: number): Record<string, unknown> {
  return { name: sampleKey(i), entityType: "sample", observations: [JSON.stringify(sample(i))] };
}
