import { restoreTimers } from "./vitest-state.ts";
import { expect, type RunnerTask, type RunnerTestCase, type RunnerTestSuite } from "vitest";
import { collectTests, startTests } from "vitest/internal/browser";

restoreTimers();

/** What became of a case. */
export interface CaseReport {
  readonly name: string;
  readonly state: "pass" | "fail" | "skip";
  /** Why it failed, or was skipped. */
  readonly reason: string;
  readonly ms: number;
}

type TaskResult = NonNullable<RunnerTask["result"]> & { note?: string | undefined };
type Runner = Parameters<typeof startTests>[1];

/** The parts of vitest's configuration that its runner reads. */
const CONFIG = {
  root: "/",
  setupFiles: [],
  sequence: { shuffle: false, concurrent: false, seed: 0, hooks: "stack", setupFiles: "list" },
  maxConcurrency: 1,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  retry: 0,
  tags: [],
  allowOnly: true,
  includeTaskLocation: false,
  expect: {},
  experimental: {},
};

const NO_ASSERTIONS = {
  assertionCalls: 0,
  isExpectingAssertions: false,
  isExpectingAssertionsError: null,
  expectedAssertionsNumber: null,
  expectedAssertionsNumberErrorGen: null,
};

/** Vitest's own runner, in a Worker: `register` registers cases by `it` and `describe`. */
function runnerOf(register: () => void, onTest: (test: RunnerTask) => void): Runner {
  const runner = {
    config: CONFIG,
    pool: "workerd",
    importFile: async () => register(),
    onBeforeTryTask: () => expect.setState(NO_ASSERTIONS),
    onAfterTryTask() {
      const state = expect.getState();
      const { expectedAssertionsNumber: wanted, assertionCalls } = state;
      if (typeof wanted === "number" && wanted !== assertionCalls)
        throw state.expectedAssertionsNumberErrorGen?.();
      if (state.isExpectingAssertions && assertionCalls === 0)
        throw state.isExpectingAssertionsError;
    },
    onAfterRunTask: onTest,
    extendTaskContext: <T>(context: T): T => context,
  };
  return runner as unknown as Runner;
}

/** The names of the cases. */
export async function listCases(register: () => void): Promise<readonly string[]> {
  const files = await collectTests(
    ["/contract"],
    runnerOf(register, () => undefined),
  );
  return files.flatMap(casesOf).map(nameOf);
}

/** Runs all cases; what fails outside a case is the report of a case that has its suite's name. */
export async function runCases(
  register: () => void,
  onCase: (report: CaseReport) => void,
): Promise<void> {
  const reported = new Set<string>();
  const report = (test: RunnerTask): void => {
    if (reported.has(test.id)) return;
    reported.add(test.id);
    onCase(reportOf(test));
  };
  const files = await startTests(["/contract"], runnerOf(register, report));
  for (const each of files.flatMap(suitesOf))
    if (each.result?.errors?.length) onCase(reportOf(each));
  // Those that did not run.
  for (const each of files.flatMap(casesOf)) report(each);
}

function casesOf(task: RunnerTask): RunnerTestCase[] {
  return task.type === "test" ? [task] : task.tasks.flatMap(casesOf);
}

function suitesOf(task: RunnerTask): RunnerTestSuite[] {
  return task.type === "suite" ? [task, ...task.tasks.flatMap(suitesOf)] : [];
}

function nameOf(task: RunnerTask): string {
  return task.fullName;
}

function reportOf(task: RunnerTask): CaseReport {
  const { state, errors = [], note = "", duration = 0 }: Partial<TaskResult> = task.result ?? {};
  const isSkipped = task.mode === "skip" || state === "skip";
  return {
    name: nameOf(task),
    state: isSkipped ? "skip" : state === "pass" ? "pass" : "fail",
    reason:
      errors.length > 0 ? errors.map((error) => error.stack ?? error.message).join("\n") : note,
    ms: Math.round(duration),
  };
}
