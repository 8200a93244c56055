import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { serveStudio } from "@syntha/studio/node";
import type { Chapter, Figure } from "./figure.ts";
import { folder } from "./folder.ts";
import { repeat } from "./measure.ts";
import { sample } from "./sample.ts";

const LARGE = { items: 100_000, agents: 200 };
const SMALL = { items: 1_000, agents: 200 };

/** What the page asks for before it shows anything. */
const FIRST_PAINT = [
  "session",
  "overview",
  "items?as=Agent7",
  "topics?limit=200",
  "agents?limit=200",
  "tree",
  "tasks",
];
/** Microseconds that the first paint may take beyond that of a small mesh. */
const PAINT_OVER = 1_000_000;
/** Microseconds from a write until a browser has it. */
const LIVE_OVER = 100_000;

/** What Studio's page waits for, on a large mesh beside a small one. */
export const studio: Chapter = {
  title: "Studio, on SQLite",
  async *figures(): AsyncGenerator<Figure> {
    const at = folder();
    const large = await open(at("large.db"), LARGE);
    const small = await open(at("small.db"), SMALL);
    yield {
      name: "data of the first paint, 100,000 items and 200 agents",
      baseline: "the same with 1,000 items",
      times: 3,
      rounds: 7,
      over: PAINT_OVER,
      ours: repeat(() => large.paint()),
      against: repeat(() => small.paint()),
    };
    await large.listen();
    let next = 0;
    yield {
      name: "live update, 100,000 items and 200 agents",
      baseline: "the write alone",
      times: 30,
      rounds: 9,
      over: LIVE_OVER,
      ours: repeat(async () => {
        const key = `live:${next++}`;
        const seen = large.seen(key);
        await large.mesh.system.push(key, 1, { topics: ["topic7"] });
        await seen;
      }),
      against: repeat(() => small.mesh.system.push(`live:${next++}`, 1, { topics: ["topic7"] })),
    };
    await large.close();
    await small.close();
  },
};

interface OpenStudio {
  readonly mesh: ContextMesh;
  readonly paint: () => Promise<void>;
  readonly listen: () => Promise<void>;
  /** Resolves when the stream has shown this key. */
  readonly seen: (key: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function open(path: string, size: typeof LARGE): Promise<OpenStudio> {
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path }), sweepEvery: false });
  await fillTeam(mesh, size);
  const server = await serveStudio({ mesh });
  const { origin } = new URL(server.url);
  const headers = { authorization: `Bearer ${server.token}` };
  const get = async (request: string): Promise<Response> => {
    const response = await fetch(`${origin}/api/${request}`, { headers });
    if (!response.ok) throw new Error(await response.text());
    return response;
  };
  const waiting = new Map<string, () => void>();
  return {
    mesh,
    paint: async () => {
      await Promise.all(FIRST_PAINT.map(async (request) => (await get(request)).text()));
    },
    listen: async () => {
      const { body } = await get("live?as=Agent7");
      if (body !== null) void follow(body, waiting);
    },
    seen: (key) => new Promise((resolve) => waiting.set(key, resolve)),
    close: async () => {
      await server.close();
      await mesh.close();
    },
  };
}

async function follow(
  body: ReadableStream<Uint8Array>,
  waiting: Map<string, () => void>,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>)
    for (const [, key = ""] of decoder.decode(chunk).matchAll(/"key":"(live:\d+)"/g)) {
      waiting.get(key)?.();
      waiting.delete(key);
    }
}

/** Agents with two topics each, and items on 110 topics, ten of which have no subscriber. */
async function fillTeam(mesh: ContextMesh, { items, agents }: typeof LARGE): Promise<void> {
  for (let n = 0; n < agents; n++)
    await mesh.agent(`Agent${n}`).subscribe([`topic${n % 100}`, `topic${(n * 7) % 100}`]);
  for (let start = 0; start < items; start += 1_000)
    await mesh.agent(`Agent${start % agents}`).pushMany(
      Array.from({ length: 1_000 }, (_, at) => {
        const n = start + at;
        return {
          key: `${["task", "note", "plan", "doc"][n % 4]}:${n % 97}:${n}`,
          value: sample(n),
          topics: [`topic${n % 110}`],
        };
      }),
    );
}
