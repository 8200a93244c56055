import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished, vi } from "vitest";
import { CommitNotifier } from "../src/notifications/commit-notifier.ts";
import { tempFile } from "./support/temp-file.ts";

it("looks seldom for commits while the log is not written to, and often after each write", async () => {
  const log = tempFile();
  writeFileSync(log, "");
  let [looks, version, notified] = [0, 0, 0];
  const notifier = new CommitNotifier(5, true);
  onTestFinished(() => notifier.stop());
  notifier.onCommit("acme", () => notified++);
  notifier.start({ version: () => (looks++, version), log });
  const looksIn = async (ms: number): Promise<number> => {
    const before = looks;
    await sleep(ms);
    return looks - before;
  };
  // Nothing has shown that writes are reported.
  await expect.poll(() => looks).toBeGreaterThan(80);
  appendFileSync(log, "x");
  // Every 100 ms instead of 5.
  await expect.poll(() => looksIn(300)).toBeLessThan(5);
  for (let i = 1; i <= 3; i++) {
    version = i;
    appendFileSync(log, "x");
    await expect.poll(() => notified).toBe(i);
  }
  // After the last of them: it is looked for what is not visible yet.
  await expect.poll(() => looks).toBeGreaterThan(130);
  await expect.poll(() => looksIn(300)).toBeLessThan(5);
});

it("looks at once when the log is written to, also while a later look is due", async ({
  signal,
}) => {
  // Without timers, which are faked.
  const waitFor = async (isTrue: () => boolean): Promise<void> => {
    for (; !isTrue(); await nextTurn()) signal.throwIfAborted();
  };
  const log = tempFile();
  writeFileSync(log, "");
  let [looks, version, notified] = [0, 0, 0];
  // Looks that are due come only when the test says so.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const notifier = new CommitNotifier(60_000, true);
  onTestFinished(() => {
    notifier.stop();
    vi.useRealTimers();
  });
  notifier.onCommit("acme", () => notified++);
  notifier.start({ version: () => (looks++, version), log });
  // Writes that follow each other faster share a look.
  const write = async (): Promise<void> => {
    const earliest = performance.now() + 5;
    await waitFor(() => performance.now() > earliest);
    appendFileSync(log, "x");
  };
  for (let i = 1; i <= 3; i++) {
    version = i;
    await write();
    await waitFor(() => notified === i);
  }
  // The commit of this write is visible only later.
  const before = looks;
  await write();
  await waitFor(() => looks > before);
  version = 4;
  vi.advanceTimersToNextTimer();
  expect(notified).toBe(4);
});

it("looks often again once the log was replaced while nothing was written", async () => {
  const log = tempFile();
  writeFileSync(log, "");
  let looks = 0;
  const notifier = new CommitNotifier(5, true);
  onTestFinished(() => notifier.stop());
  notifier.onCommit("acme", () => undefined);
  notifier.start({ version: () => looks++ && 0, log });
  const looksIn = async (ms: number): Promise<number> => {
    const before = looks;
    await sleep(ms);
    return looks - before;
  };
  appendFileSync(log, "x");
  await expect.poll(() => looksIn(300)).toBeLessThan(5);
  renameSync(log, `${log}.old`);
  writeFileSync(log, "");
  // Nothing has shown that writes to the new one are reported.
  await expect.poll(() => looksIn(300)).toBeGreaterThan(12);
});

it("looks as often as before after a listener was removed and added again during a look", async () => {
  let [looks, version] = [0, 0];
  const notifier = new CommitNotifier(10, true);
  onTestFinished(() => notifier.stop());
  let remove = (): void => undefined;
  const add = (): void => {
    remove = notifier.onCommit("acme", () => {
      remove();
      add();
    });
  };
  add();
  notifier.start({ version: () => (looks++, version), log: undefined });
  for (let i = 0; i < 10; i++) {
    version++;
    const before = looks;
    await expect.poll(() => looks, { interval: 5 }).toBeGreaterThan(before + 1);
  }
  const [from, started] = [looks, performance.now()];
  await sleep(500);
  // One chain of looks can't be faster than its interval.
  expect(looks - from).toBeLessThanOrEqual((performance.now() - started) / 10 + 2);
});
