import { InMemoryStore } from "@langchain/langgraph-checkpoint";
import { ContextMesh } from "@syntha/core";
import { BareMemory } from "./bare-memory.ts";
import type { Chapter, Figure } from "./figure.ts";
import { repeat, repeatSync } from "./measure.ts";
import { sample, sampleKey, scatteredKey } from "./sample.ts";

const HELD = 100_000;

/** A write and a read in memory, with 100,000 items. */
export const memory: Chapter = {
  title: `In memory, with ${HELD.toLocaleString("en")} items`,
  async *figures(): AsyncGenerator<Figure> {
    const mesh = new ContextMesh({ sweepEvery: false });
    const agent = mesh.agent("Writer");
    const bare = new Map<string, unknown>();
    const texts = new Map<string, string>();
    const byHand = new BareMemory();
    const peer = new InMemoryStore();
    for (let i = 0; i < HELD; i++) {
      await agent.push(sampleKey(i), sample(i), { topics: ["work"] });
      bare.set(sampleKey(i), structuredClone(sample(i)));
      texts.set(sampleKey(i), JSON.stringify(sample(i)));
      await byHand.push("Writer", sampleKey(i), sample(i), ["work"]);
      await peer.put(["work"], sampleKey(i), { ...sample(i) });
    }
    let [ours, theirs, bares, others] = [HELD, HELD, HELD, HELD];
    const push = repeat(() => agent.push(sampleKey(ours), sample(ours++), { topics: ["work"] }));
    yield {
      name: "push",
      baseline: "Map.set of a structuredClone",
      within: 1.4,
      times: 10_000,
      ours: push,
      against: repeatSync(() => bare.set(sampleKey(theirs), structuredClone(sample(theirs++)))),
    };
    yield {
      name: "push",
      baseline: "an async function by hand: row, index of the topic, log entry",
      times: 10_000,
      ours: push,
      against: repeat(() => byHand.push("Writer", sampleKey(bares), sample(bares++), ["work"])),
    };
    yield {
      name: "push",
      baseline: "LangGraph InMemoryStore.put",
      within: 1.2,
      times: 10_000,
      ours: push,
      against: repeat(() => peer.put(["work"], sampleKey(others), { ...sample(others++) })),
    };
    const get = repeat((i) => agent.get(sampleKey((i * 31) % HELD)));
    yield {
      name: "push, keys in scattered order",
      baseline: "Map.set of a structuredClone",
      times: 10_000,
      ours: repeat(() => agent.push(scatteredKey(ours), sample(ours++), { topics: ["work"] })),
      against: repeatSync(() => bare.set(scatteredKey(theirs), structuredClone(sample(theirs++)))),
    };
    yield {
      name: "get",
      baseline: "Map.get with JSON.parse",
      within: 1.2,
      times: 50_000,
      ours: get,
      against: repeatSync((i) => JSON.parse(texts.get(sampleKey((i * 31) % HELD)) as string)),
    };
    yield {
      name: "get",
      baseline: "the same in an async function",
      times: 50_000,
      ours: get,
      against: repeat((i) => byHand.get(sampleKey((i * 31) % HELD))),
    };
    yield {
      name: "get",
      baseline: "LangGraph InMemoryStore.get",
      within: 1.2,
      times: 50_000,
      ours: get,
      against: repeat((i) => peer.get(["work"], sampleKey((i * 31) % HELD))),
    };
    await mesh.close();
  },
};
