import { ContextMesh, copyTenant, exportTenant, MemoryStorage } from "@syntha/core";
import type { LoadRequest, LoadResult } from "@syntha/core/storage";
import { expect, it, onTestFinished } from "vitest";

const tenantId = "acme";
/** Characters of the values that one page may have, apart from what is around them. */
const MAX_CHARACTERS = 8 * 1024 * 1024;
const OVERHEAD = 1024 * 1024;

/** Notes how large the pages are that it is given. */
class MeasuredStorage extends MemoryStorage {
  readonly pages: number[] = [];

  override load(request: LoadRequest): Promise<LoadResult> {
    this.pages.push(JSON.stringify(request.records).length);
    return super.load(request);
  }
}

/** Small items, and then large ones, which the pages before give no reason to expect. */
async function filled(): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  const mesh = new ContextMesh({ storage, tenantId, sweepEvery: false });
  onTestFinished(() => mesh.close());
  const push = (name: string, count: number, value: string): Promise<unknown> =>
    mesh.system.pushMany(
      Array.from({ length: count }, (_, n) => ({ key: `${name} ${n}`, value, global: true })),
    );
  await push("a small item", 300, "x");
  await push("large item", 60, "x".repeat(250_000));
  return storage;
}

it("copies and exports large values after small ones in pages of bounded size", async () => {
  const from = await filled();
  const to = new MeasuredStorage();
  await copyTenant({ from, to, tenantId });
  expect(Math.max(...to.pages)).toBeLessThan(MAX_CHARACTERS + OVERHEAD);
  let longest = 0;
  for await (const line of exportTenant({ storage: from, tenantId }))
    longest = Math.max(longest, line.length);
  expect(longest).toBeLessThan(MAX_CHARACTERS + OVERHEAD);
});
