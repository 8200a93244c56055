import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { isReader, readersOf } from "../../src/terminal/pipe-readers.ts";
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

// As for any user, those of other users; as for root, in some containers, those of the first process.
it("counts no process that hides what it has open as a reader of a pipe that it was not seen to read", () => {
  expect(readersOf("pipe:[0]")).toEqual([]);
});
