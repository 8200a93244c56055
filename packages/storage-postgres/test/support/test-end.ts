import { AsyncLocalStorage } from "node:async_hooks";
import { aroundEach, onTestFinished, type TestContext } from "vitest";

const running = new AsyncLocalStorage<TestContext>();

/** Lets the tests of a file that run at the same time own resources. */
export function ownConcurrently(): void {
  aroundEach((runTest, context) => running.run(context, runTest));
}

/** Runs when the test ends. Vitest's own function knows only one running test. */
export function atTestEnd(act: () => unknown): void {
  const end = async (): Promise<void> => void (await act());
  const test = running.getStore();
  if (test === undefined) onTestFinished(end);
  else test.onTestFinished(end);
}
