import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// Tests load the sources of packages, and need no build. Programs that they start load `dist`, which is bundled first.
const conditions = ["@syntha/source", ...defaultServerConditions];

const TESTS = [
  "packages/*/test/**/*.test.ts",
  "apps/*/test/**/*.test.ts",
  "testing/*/test/**/*.test.ts",
  "soak/test/**/*.test.ts",
  "test/*.test.ts",
];
/** Files that replace a library by an older version of it for their whole process. */
const OTHER_VERSIONS = [
  "packages/*/test/**/oldest-*.test.ts",
  "packages/ai-sdk/test/ai-6.full.test.ts",
];

/** Vitest starts with the largest files. Contracts and long tests have a few lines: they would run last, each alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      /\/test\/contract\.test\.ts$|\.full\.test\.ts$/.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig(({ mode }) => {
  // `vitest run --mode full`, as `pnpm test:full` calls it: every case of every suite, and the long ones.
  const isFull = mode === "full";
  const left = isFull ? [] : ["**/*.full.test.ts"];
  const always = ["**/node_modules/**"];
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      globalSetup: ["testing/postgres/src/global-setup.ts", "scripts/bundle-for-tests.mjs"],
      // Much of the time of a test goes to waiting for a disk, a server or a lease.
      maxWorkers: Math.max(3, availableParallelism()),
      // Tests create many objects that live briefly: with more room for them, a run takes 8 to 10 % less CPU.
      execArgv: ["--min-semi-space-size=32", "--max-semi-space-size=64"],
      // Bounds for what hangs, wide enough for a busy machine: no test measures by them.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 30_000 } },
      sequence: { sequencer: LongestFirst },
      env: {
        SYNTHA_TESTS: isFull ? "full" : "short",
        // The programs that tests start share what they compiled.
        NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compile", import.meta.url)),
      },
      projects: [
        {
          extends: true,
          test: {
            name: "tests",
            include: TESTS,
            exclude: [...always, ...left, ...OTHER_VERSIONS],
            // One process loads the libraries once for all of its files.
            isolate: false,
          },
        },
        {
          extends: true,
          test: {
            name: "older versions",
            include: OTHER_VERSIONS,
            exclude: [...always, ...left],
          },
        },
      ],
    },
  };
});
