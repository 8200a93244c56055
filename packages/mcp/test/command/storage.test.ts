import { expect, it } from "vitest";
import { load } from "../../src/command/storage.ts";

it("says what to install if the package of a storage is missing", async () => {
  const missing = "@syntha/storage-of-nobody";
  const loading = load(
    () => import(/* @vite-ignore */ missing),
    "@syntha/storage-sqlite better-sqlite3",
  );
  await expect(loading).rejects.toMatchObject({
    code: "MISCONFIGURED",
    hint: "Run: npm install @syntha/mcp @syntha/storage-sqlite better-sqlite3",
  });
});
