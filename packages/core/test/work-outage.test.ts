import { ContextMesh, MemoryStorage, SynthaError } from "@syntha/core";
import type { Storage } from "@syntha/core/storage";
import { expect, it } from "vitest";

/** Reports an unknown outcome for the first commit of a kind. */
class LossyStorage extends MemoryStorage {
  readonly lost = new Set<string>(["claim", "extend"]);

  override commit: Storage["commit"] = async (tenant, commits, decide) => {
    const [type = ""] = commits.flatMap(({ ops }) => ops.map((op) => op.type));
    const isLost = this.lost.delete(type);
    // A claim is lost after it was made, an extension before.
    const outcomes = isLost && type === "extend" ? [] : await this.#do(tenant, commits, decide);
    if (isLost) throw new SynthaError("UNKNOWN_OUTCOME", "The connection was lost.");
    return outcomes;
  };

  readonly #do: Storage["commit"] = (...args) => MemoryStorage.prototype.commit.apply(this, args);
}

it("keeps its lease when the outcome of a claim or extension is unknown", async () => {
  const storage = new LossyStorage();
  const mesh = new ContextMesh({ storage });
  const ann = mesh.agent("Ann");
  await ann.subscribe(["work"]);
  await ann.push("task", 1, { topics: ["work"] });
  const done = new AbortController();
  const attempts: number[] = [];
  const errors: unknown[] = [];
  await ann.work(
    "work",
    async (_item, { attempt }) => {
      attempts.push(attempt);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      done.abort();
    },
    { signal: done.signal, lease: "1500ms", onError: (error) => errors.push(error) },
  );
  expect({ attempts, errors, lost: storage.lost.size }).toEqual({
    attempts: [2],
    errors: [],
    lost: 0,
  });
  expect(await ann.get("task")).toBeUndefined();
  await mesh.close();
});
