import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { isReader } from "../../src/terminal/pipe-readers.ts";
import { tempFolder } from "../support/temp-folder.ts";

const isRoot = process.getuid?.() === 0;

it("takes a process that is gone for none that reads", () => {
  expect(isReader(join(tempFolder(), "fd", "0"), "pipe:[1]")).toBe(false);
});

// Root may look into every folder.
it.skipIf(isRoot || process.platform === "win32")(
  "takes a process that hides what it has open for one that still reads",
  () => {
    const hidden = join(tempFolder(), "fd");
    mkdirSync(hidden, { mode: 0 });
    onTestFinished(() => chmodSync(hidden, 0o700));
    expect(isReader(join(hidden, "0"), "pipe:[1]")).toBe(true);
  },
);
