import { expect, it } from "vitest";
import { load, openStorage } from "../../src/command/storage.ts";

it("says what to install if the package of a storage is missing", async () => {
  const missing = "@syntha/storage-that-is-missing";
  const loading = load(
    () => import(/* @vite-ignore */ missing),
    "@syntha/storage-sqlite better-sqlite3",
  );
  await expect(loading).rejects.toMatchObject({
    code: "MISCONFIGURED",
    hint: "Run: npm install @syntha/mcp @syntha/storage-sqlite better-sqlite3",
  });
});

it.each(["mysql://root:s3cret@host", "postgres:/root:s3cret@host"])(
  "does not repeat the password of %s, which it can't use",
  async (url) => {
    const error = await openStorage(url).catch((reason: unknown) => reason);
    expect(String(error)).toContain("--storage is sqlite:PATH, postgres://… or memory:");
    expect(String(error)).not.toContain("s3cret");
  },
);
