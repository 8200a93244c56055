import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

it("reads files by paths that are the same from a package's sources and from its build", () => {
  const readers = globSync("packages/*/src/**/*.{ts,tsx}", { cwd: root }).filter((file) =>
    /\bimport\.meta\.(url|dirname|filename)\b/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(readers).not.toEqual([]);
  // The build bundles all modules into files at the root of `dist`.
  const nested = readers.filter(
    (file) => !/^packages\/[^/]+\/src\/[^/]+$/.test(file.replaceAll("\\", "/")),
  );
  expect(nested).toEqual([]);
});
