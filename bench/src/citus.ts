import { ContextMesh } from "@syntha/core";
import { PostgresStorage, type PostgresStorageOptions } from "@syntha/storage-postgres";
import { freshSchema } from "@syntha/testing-postgres";
import type { Chapter, Figure } from "./figure.ts";
import { repeat } from "./measure.ts";
import { sample, sampleKey } from "./sample.ts";

const AT_ONCE = 64;
const LISTED = 100;
const BASELINE = "the same call on tables of the coordinator itself";

/** The coordinator of a Citus cluster. */
const url = process.env["SYNTHA_TEST_CITUS_URL"];

/** Distributed tables against local ones of the same server. */
const citus: Chapter = {
  title: "On Citus, through the coordinator",
  async *figures(): AsyncGenerator<Figure> {
    if (url === undefined) return;
    await using distributed = await side(url, { distribute: true });
    await using local = await side(url, {});
    const both = (work: (side: Side) => (times: number) => Promise<void>) => ({
      ours: work(distributed),
      against: work(local),
      baseline: BASELINE,
      rounds: 15,
    });
    yield { name: "push, awaited", times: 100, ...both((each) => repeat(() => each.push())) };
    yield {
      name: `push, ${AT_ONCE} in flight`,
      times: AT_ONCE * 5,
      ...both((each) => async (times) => {
        for (let i = 0; i < times; i += AT_ONCE)
          await Promise.all(Array.from({ length: AT_ONCE }, () => each.push()));
      }),
    };
    yield { name: "get", times: 500, ...both((each) => repeat((i) => each.get(i))) };
    yield {
      name: `keys, ${LISTED} of them`,
      times: 100,
      ...both((each) => repeat(() => each.keys())),
    };
  },
};

/** Nothing without a cluster. */
export const citusChapters: readonly Chapter[] = url === undefined ? [] : [citus];

interface Side extends AsyncDisposable {
  push(): Promise<unknown>;
  get(i: number): Promise<unknown>;
  keys(): Promise<unknown>;
}

/** A mesh in a schema of its own. */
async function side(
  connectionString: string,
  options: Pick<PostgresStorageOptions, "distribute">,
): Promise<Side> {
  const schema = freshSchema(connectionString);
  const storage = new PostgresStorage({ connectionString, schema: schema.name, ...options });
  const mesh = new ContextMesh({ storage, sweepEvery: false });
  const [writer, reader] = [mesh.agent("Writer"), mesh.agent("Reader")];
  await reader.subscribe(["work", "listed"]);
  for (let i = 0; i < LISTED; i++)
    await writer.push(`listed ${i}`, sample(i), { topics: ["listed"] });
  let pushed = 0;
  return {
    push: () => writer.push(sampleKey(++pushed), sample(pushed), { topics: ["work"] }),
    get: (i) => reader.get(sampleKey(1 + ((i * 31) % Math.max(1, pushed)))),
    keys: () => reader.keys({ topics: ["listed"] }),
    async [Symbol.asyncDispose]() {
      await mesh.close();
      await schema.drop();
    },
  };
}
