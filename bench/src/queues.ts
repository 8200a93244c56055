import { ContextMesh, type Storage } from "@syntha/core";
import type { Figure } from "./figure.ts";

const LARGE = 100_000;
const TOPICS = 1_000;
/** As many items as may wait for one. */
const DEPENDENTS = 1_000;
const BATCH = 1_000;

interface Crowd {
  readonly name: string;
  readonly fill: (mesh: ContextMesh) => Promise<void>;
}

const crowds: readonly Crowd[] = [
  { name: `past ${LARGE.toLocaleString("en")} done`, fill: addDone },
  { name: `past ${LARGE.toLocaleString("en")} blocked`, fill: addBlocked },
  { name: `among ${TOPICS.toLocaleString("en")} topics with work`, fill: addTopics },
];

/**
 * The cost of a claim does not depend on what its queue, or other queues, hold besides.
 * @param settle does what the storage would do by itself after a while
 */
export async function* queues(
  create: () => Storage,
  settle: () => Promise<unknown> = async () => {},
): AsyncGenerator<Figure> {
  for (const { name, fill } of crowds) {
    const fresh = new ContextMesh({ storage: create(), sweepEvery: false });
    const worn = new ContextMesh({ storage: create(), sweepEvery: false });
    await fill(worn);
    await settle();
    let next = 0;
    const claim =
      (mesh: ContextMesh) =>
      async (times: number): Promise<void> => {
        await mesh.system.pushMany(
          Array.from({ length: times }, () => ({
            key: `work:${next++}`,
            value: 0,
            topics: ["work"],
          })),
        );
        for (let i = 0; i < times; i++)
          await (await mesh.system.claim({ topic: "work" }))?.complete();
      };
    yield {
      name: `push, claim and complete ${name}`,
      baseline: "with none of them",
      within: 1.5,
      times: 500,
      ours: claim(worn),
      against: claim(fresh),
    };
    await fresh.close();
    await worn.close();
  }
}

async function addDone({ system }: ContextMesh): Promise<void> {
  for (const keys of batches("done", LARGE)) {
    await system.pushMany(keys.map((key) => ({ key, value: 0, topics: ["work"] })));
    await Promise.all(
      keys.map(async () => (await system.claim({ topic: "work" }))?.complete("done")),
    );
  }
}

async function addBlocked({ system }: ContextMesh): Promise<void> {
  for (const [i, keys] of batches("blocked", LARGE, DEPENDENTS).entries()) {
    const gate = `gate:${i}`;
    await system.push(gate, 0, { topics: ["gates"] });
    await system.pushMany(
      keys.map((key) => ({ key, value: 0, topics: ["work"], dependsOn: [gate] })),
    );
  }
}

async function addTopics({ system }: ContextMesh): Promise<void> {
  for (const keys of batches("other", LARGE))
    await system.pushMany(
      keys.map((key, i) => ({ key, value: 0, topics: [`topic ${i % TOPICS}`] })),
    );
}

function batches(name: string, count: number, size: number = BATCH): string[][] {
  return Array.from({ length: count / size }, (_, batch) =>
    Array.from({ length: size }, (__, i) => `${name}:${batch * size + i}`),
  );
}
