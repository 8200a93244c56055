import { ContextMesh, isSynthaError } from "@syntha/core";
import { expect, it } from "vitest";
import { newStorage } from "./support/open-storage.ts";
import { ownPool } from "./support/own-pool.ts";
import { ownServer } from "./support/own-server.ts";

const isFull = process.env["SYNTHA_TESTS"] === "full";

const CASES = [
  ["fast", "its own pool"],
  ["immediate", "a user's pool"],
  ["immediate", "its own pool"],
  ["fast", "a user's pool"],
] as const;

it.for(isFull ? CASES : CASES.slice(0, 1))(
  "survives %s restarts of the server, with %s",
  async ([how, through]) => {
    const server = await ownServer({ durable: true });
    const { url } = server;
    const storage = newStorage(
      through === "its own pool"
        ? { connectionString: url, connections: 4 }
        : { pool: ownPool({ connectionString: url, max: 4 }) },
    );
    const mesh = new ContextMesh({ tenantId: "acme", storage });
    const [writer, reader] = [mesh.agent("Writer"), mesh.agent("Reader")];
    const seen: string[] = [];
    const watch = reader.watch();
    const watching = (async () => {
      for await (const change of watch) if (change.type === "put") seen.push(change.item.key);
    })();
    await writer.push("first", 0, { global: true });

    let isOver = false;
    const codes = new Set<string>();
    const noted = (error: unknown): void => {
      if (!isSynthaError(error)) throw error;
      codes.add(error.code);
    };
    const acknowledged: string[] = ["first"];
    const unknown = new Set<string>();
    const writing = (async () => {
      for (let i = 0; !isOver; i++) {
        await writer.push(`k${i}`, i, { global: true }).then(
          () => acknowledged.push(`k${i}`),
          (error: unknown) => {
            noted(error);
            if (isSynthaError(error, "UNKNOWN_OUTCOME")) unknown.add(`k${i}`);
          },
        );
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    const reading = (async () => {
      while (!isOver) {
        await reader.list({ limit: 5 }).catch(noted);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    for (let round = 0; round < 2; round++) {
      await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 200));
      await server.restart(how);
    }
    isOver = true;
    await Promise.all([writing, reading]);
    // The storage does not have to be reopened.
    await writer.push("last", 0, { global: true });
    acknowledged.push("last");
    await expect.poll(() => seen.at(-1)).toBe("last");
    await watch.return();
    await watching;
    for (const code of codes) expect(["UNAVAILABLE", "UNKNOWN_OUTCOME"]).toContain(code);
    expect(new Set(seen).size).toBe(seen.length);
    // Every acknowledged write was seen, in order; any others had an unknown outcome.
    expect(seen.filter((key) => !unknown.has(key))).toEqual(acknowledged);
    await mesh.close();
  },
);
