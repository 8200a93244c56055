import { describe, expect, it } from "vitest";
import { CommitBatcher } from "../src/session/commit-batcher.ts";
import type { Commit } from "../src/storage/operation.ts";
import type { Outcome } from "../src/storage/outcome.ts";

const commit = (actor: string): Commit => ({ actor, ops: [] });

/** A storage's door for writes that notes each group, and opens when told. */
function slowDoor(): { groups: string[][]; open: () => void; writer: CommitBatcher } {
  const groups: string[][] = [];
  const waiting: (() => void)[] = [];
  const writer = new CommitBatcher(async (commits) => {
    groups.push(commits.map(({ actor }) => actor as string));
    await new Promise<void>((resolve) => waiting.push(resolve));
    return commits.map((_, i): Outcome => ({
      ok: true,
      epoch: "e",
      position: i,
      now: 0,
      results: [],
    }));
  });
  return { groups, open: () => waiting.shift()?.(), writer };
}

const soon = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

describe("commits on their way to a storage", () => {
  it("that start in one breath share a transaction, in their order", async () => {
    const { groups, open, writer } = slowDoor();
    const done = Promise.all(["a", "b", "c"].map((by) => writer.submit(commit(by))));
    await soon();
    expect(groups).toEqual([["a", "b", "c"]]);
    open();
    expect((await done).map((outcome) => outcome.ok && outcome.position)).toEqual([0, 1, 2]);
  });

  it("that come while one is written wait, and then share the next", async () => {
    const { groups, open, writer } = slowDoor();
    const first = writer.submit(commit("a"));
    await soon();
    const rest = Promise.all(["b", "c"].map((by) => writer.submit(commit(by))));
    await soon();
    expect(groups).toEqual([["a"]]);
    open();
    await first;
    await soon();
    expect(groups).toEqual([["a"], ["b", "c"]]);
    open();
    await rest;
  });

  it("are at most 256 to a transaction", async () => {
    const { groups, open, writer } = slowDoor();
    const names = Array.from({ length: 600 }, (_, i) => `${i}`);
    const done = Promise.all(names.map((by) => writer.submit(commit(by))));
    for (let i = 0; i < 3; i++) {
      await soon();
      open();
    }
    await done;
    expect(groups.map((group) => group.length)).toEqual([256, 256, 88]);
    expect(groups.flat()).toEqual(names);
  });

  it("are as few to a transaction as their values are large, but never none", async () => {
    const { groups, open, writer } = slowDoor();
    const large = (actor: string, mebi: number): Commit => ({
      actor,
      ops: [
        {
          type: "publish",
          id: actor,
          eventType: "made",
          data: "x".repeat(mebi * 1024 * 1024),
          route: undefined,
        },
      ],
    });
    const commits = [large("a", 8), large("b", 8), large("c", 1), large("d", 17), commit("e")];
    const done = Promise.all(commits.map((each) => writer.submit(each)));
    for (let i = 0; i < 4; i++) {
      await soon();
      open();
    }
    await done;
    expect(groups).toEqual([["a", "b"], ["c"], ["d"], ["e"]]);
  });

  it("fail with the group that they were in, and with no other", async () => {
    let calls = 0;
    const writer = new CommitBatcher(async (commits) => {
      if (++calls === 1) throw new Error("full disk");
      return commits.map((): Outcome => ({
        ok: true,
        epoch: "",
        position: 1,
        now: 0,
        results: [],
      }));
    });
    const lost = Promise.allSettled([writer.submit(commit("a")), writer.submit(commit("b"))]);
    expect((await lost).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect((await writer.submit(commit("c"))).ok).toBe(true);
  });

  it("have all arrived when the writer is idle", async () => {
    const { groups, open, writer } = slowDoor();
    const done = writer.submit(commit("a"));
    let isIdle = false;
    const idle = writer.idle().then(() => (isIdle = true));
    await soon();
    expect(isIdle).toBe(false);
    open();
    await Promise.all([done, idle]);
    expect(groups).toEqual([["a"]]);
    await writer.idle();
  });
});
