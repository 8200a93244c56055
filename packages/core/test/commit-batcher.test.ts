import { SynthaError } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { CommitBatcher } from "../src/session/commit-batcher.ts";
import type { Commit } from "../src/storage/operation.ts";
import type { Outcome } from "../src/storage/outcome.ts";

const commit = (actor: string): Commit => ({ actor, ops: [] });

const ok = { ok: true, epoch: "e", now: 0, results: [] } as const;
const accepted = (position: number): Outcome => ({ ...ok, position });

/** A batcher whose target records each batch, and answers it when `finish` is called. */
function slowBatcher(): { batches: string[][]; finish: () => void; batcher: CommitBatcher } {
  const batches: string[][] = [];
  const waiting: (() => void)[] = [];
  const batcher = new CommitBatcher({
    async commit(commits) {
      batches.push(commits.map(({ actor }) => actor as string));
      await new Promise<void>((resolve) => waiting.push(resolve));
      return commits.map((_, i) => accepted(i));
    },
  });
  return { batches, finish: () => waiting.shift()?.(), batcher };
}

const tooLarge = new SynthaError("TOO_LARGE", "This is too large.", {
  hint: "Shorten it.",
  details: { what: "record", size: 2, maximum: 1 },
});

const soon = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

describe("commit batcher", () => {
  it("commits each alone where one is too large for the storage", async () => {
    const batches: string[][] = [];
    const batcher = new CommitBatcher({
      async commit(commits) {
        const actors = commits.map(({ actor }) => actor as string);
        batches.push(actors);
        if (actors.includes("b")) throw tooLarge;
        return commits.map((_, i) => accepted(i));
      },
    });
    const all = ["a", "b", "c"].map((actor) => batcher.submit(commit(actor)));
    const settled = await Promise.allSettled(all);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(batches).toEqual([["a", "b", "c"], ["a"], ["b"], ["c"]]);
  });

  it("puts commits of one task into one batch, in order", async () => {
    const { batches, finish, batcher } = slowBatcher();
    const done = Promise.all(["a", "b", "c"].map((actor) => batcher.submit(commit(actor))));
    await soon();
    expect(batches).toEqual([["a", "b", "c"]]);
    finish();
    expect((await done).map((outcome) => outcome.position)).toEqual([0, 1, 2]);
  });

  it("collects commits for the next batch while one is written", async () => {
    const { batches, finish, batcher } = slowBatcher();
    const first = batcher.submit(commit("a"));
    await soon();
    const rest = Promise.all(["b", "c"].map((actor) => batcher.submit(commit(actor))));
    await soon();
    expect(batches).toEqual([["a"]]);
    finish();
    await first;
    await soon();
    expect(batches).toEqual([["a"], ["b", "c"]]);
    finish();
    await rest;
  });

  it("limits a batch to 256 commits", async () => {
    const { batches, finish, batcher } = slowBatcher();
    const names = Array.from({ length: 600 }, (_, i) => `${i}`);
    const done = Promise.all(names.map((actor) => batcher.submit(commit(actor))));
    for (let i = 0; i < 3; i++) {
      await soon();
      finish();
    }
    await done;
    expect(batches.map((batch) => batch.length)).toEqual([256, 256, 88]);
    expect(batches.flat()).toEqual(names);
  });

  it("limits a batch by its values, to one commit at least", async () => {
    const { batches, finish, batcher } = slowBatcher();
    const event = { type: "publish", eventType: "made", route: undefined } as const;
    const lease = { key: "it", epoch: "e", position: 1, leaseId: 1 } as const;
    const handOff = { type: "handOff", ...lease, route: undefined, expiry: undefined } as const;
    const large = (actor: string, mebi: number): Commit => {
      const text = "x".repeat(mebi * 1024 * 1024);
      const op = actor === "b" ? { ...handOff, value: text } : { ...event, id: actor, data: text };
      return { actor, ops: [op] };
    };
    const commits = [large("a", 8), large("b", 8), large("c", 1), large("d", 17), commit("e")];
    const done = Promise.all(commits.map((each) => batcher.submit(each)));
    for (let i = 0; i < 4; i++) {
      await soon();
      finish();
    }
    await done;
    expect(batches).toEqual([["a", "b"], ["c"], ["d"], ["e"]]);
  });

  it("rejects the commits of a failed batch, and no others", async () => {
    let calls = 0;
    const batcher = new CommitBatcher({
      async commit(commits) {
        if (++calls === 1) throw new Error("full disk");
        return commits.map(() => accepted(1));
      },
    });
    const lost = Promise.allSettled([batcher.submit(commit("a")), batcher.submit(commit("b"))]);
    expect((await lost).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect((await batcher.submit(commit("c"))).ok).toBe(true);
  });

  it("is idle once all commits are written", async () => {
    const { batches, finish, batcher } = slowBatcher();
    const done = batcher.submit(commit("a"));
    let isIdle = false;
    const idle = batcher.idle().then(() => (isIdle = true));
    await soon();
    expect(isIdle).toBe(false);
    finish();
    await Promise.all([done, idle]);
    expect(batches).toEqual([["a"]]);
    await batcher.idle();
  });
});
