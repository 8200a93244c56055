import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ContextMesh, isSynthaError, MemoryStorage, type Storage, SynthaError } from "@syntha/core";
import { interruptOn } from "@syntha/langchain";
import { SynthaStore } from "@syntha/langchain/store";
import { chatMessage, customTools } from "@syntha/openai";
import { CircuitBreaker, Policies, resilientStorage } from "@syntha/resilience";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { OutcomeLog } from "@syntha/telemetry";
import { answerCalls, ToolHandler, type ToolFailure } from "@syntha/tools";
import { type HintCase, hintCases, type Scene } from "./hint-case.ts";

/** Fails with what a tool answered. */
function thrown(answer: { readonly success: boolean }): never {
  const { code, error, hint } = answer as ToolFailure;
  throw new SynthaError(code, error, { hint });
}

async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "syntha-hints-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A storage that never answers what it is asked once it is open. */
class Silent extends MemoryStorage {
  isSilent = true;
  override stats(tenant: string): ReturnType<MemoryStorage["stats"]> {
    return this.isSilent ? new Promise(() => {}) : super.stats(tenant);
  }
  override commit(
    ...args: Parameters<MemoryStorage["commit"]>
  ): ReturnType<MemoryStorage["commit"]> {
    return this.isSilent ? new Promise(() => {}) : super.commit(...args);
  }
}

const SILENT = new WeakMap<Scene, { storage: Silent; mesh: ContextMesh }>();

function silent(scene: Scene): { storage: Silent; mesh: ContextMesh } {
  const storage = new Silent();
  const known = {
    storage,
    mesh: new ContextMesh({
      storage: resilientStorage(storage, { timeout: "20ms", retry: false }),
    }),
  };
  SILENT.set(scene, known);
  return known;
}

/** Codes of the other packages. */
export const PACKAGES: readonly HintCase[] = [
  ...hintCases("UNKNOWN_TOOL", {
    "": [
      async ({ ann }) =>
        thrown(await new ToolHandler(ann).handleToolCall("list_contexts" as string, {})),
      async ({ ann }, { hint }) => {
        const [name = ""] = /\b[a-z]+_[a-z_]+\b/.exec(hint) ?? [];
        const answer = await new ToolHandler(ann).handleToolCall(name, {});
        if (!answer.success) thrown(answer);
      },
    ],
  }),
  ...hintCases("TOOL_DENIED", {
    "": [
      async ({ ann }) => {
        const handler = new ToolHandler(ann, { role: "readonly" });
        thrown(
          await handler.handleToolCall("push_context", { key: "a", value: "1", global: true }),
        );
      },
      async ({ ann }, { hint }) => {
        const handler = new ToolHandler(ann, { role: "readonly" });
        const [name = ""] = /\b(?:list|discover)_[a-z_]+\b/.exec(hint) ?? [];
        const answer = await handler.handleToolCall(name, {});
        if (!answer.success) thrown(answer);
      },
    ],
  }),
  ...hintCases("TOOL_FAILED", {
    "Check the arguments; if they are right, continue without this tool.": [
      async ({ ann }) => {
        const calls = [{ id: "1", name: "divide", arguments: { by: 0 } }];
        const [answer] = await answerCalls(new ToolHandler(ann), calls, {
          customTools: { divide },
        });
        thrown(JSON.parse(answer!.text) as ToolFailure);
      },
      async ({ ann }) => {
        const calls = [{ id: "1", name: "divide", arguments: { by: 2 } }];
        const [answer] = await answerCalls(new ToolHandler(ann), calls, {
          customTools: { divide },
        });
        if (answer!.failed) throw new Error(answer!.text);
      },
    ],
  }),
  ...hintCases("UNAVAILABLE", {
    "Call release() on its breaker to admit calls.": [
      async (scene) => {
        const breaker = new CircuitBreaker();
        const storage = resilientStorage(scene.storage, { breaker });
        breaker.isolate();
        await storage.stats("default");
      },
      async (scene) => {
        const breaker = new CircuitBreaker();
        const storage = resilientStorage(scene.storage, { breaker });
        breaker.isolate();
        breaker.release();
        await storage.stats("default");
      },
    ],
    "Try again at ": [
      async ({ storage }) => {
        const breaker = new CircuitBreaker({ failures: 1, halfOpenAfter: "1s" });
        await failOnce(storage, breaker);
        await resilientStorage(storage, { breaker }).stats("default");
      },
      async ({ storage }, { hint, details }) => {
        const breaker = new CircuitBreaker({ failures: 1, halfOpenAfter: "1s" });
        await failOnce(storage, breaker);
        assert(hint.includes(details.retryAt!.toISOString()));
        await setTimeout(Math.max(0, breaker.retryAt!.getTime() - Date.now()) + 1);
        await resilientStorage(storage, { breaker }).stats("default");
      },
    ],
    "Try again later, or raise `bulkhead.limit` or `bulkhead.queue`.": [
      ({ storage }) => atOnce(resilientStorage(storage, { bulkhead: { limit: 1 } })),
      async ({ storage }) => {
        const narrow = resilientStorage(storage, { bulkhead: { limit: 1 } });
        await atOnce(narrow).catch(() => undefined);
        await narrow.stats("default");
        await atOnce(resilientStorage(storage, { bulkhead: { limit: 2 } }));
        await atOnce(resilientStorage(storage, { bulkhead: { limit: 1, queue: 1 } }));
      },
    ],
    "Repeat the request, unless you aborted the stream.": [
      () => chatMessage(chunks([{ content: "half" }])),
      () => chatMessage(chunks([{ content: "whole" }, {}])),
    ],
  }),
  ...hintCases("INVALID_ARGUMENTS", {
    "Pass the name of the agent.": [
      ({ mesh }) => new OutcomeLog(mesh.system).record({ task: "t", success: true }),
      ({ mesh }) => new OutcomeLog(mesh.system).record({ agent: "Ann", task: "t", success: true }),
    ],
    'Pass some of ["read", "write", "destroy"].': [
      ({ ann }) => interruptOn(new ToolHandler(ann), "destroy" as never),
      ({ ann }) => interruptOn(new ToolHandler(ann), ["read", "write", "destroy"]),
    ],
    "Operators: $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists. To match an object": [
      ({ ann }) => new SynthaStore(ann).search(["a"], { filter: { n: { $mod: 2 } } }),
      async ({ ann }) => {
        const store = new SynthaStore(ann);
        await store.put(["a"], "one", { n: { $mod: 2 } });
        const filter = { n: { $eq: { $mod: 2 } } };
        assert.equal((await store.search(["a"], { filter })).length, 1);
      },
    ],
    "Omit `query`, and search by `filter` and namespace prefix.": [
      ({ ann }) => new SynthaStore(ann).search(["a"], { query: "like this" }),
      ({ ann }) => new SynthaStore(ann).search(["a"], { filter: { n: 1 } }),
    ],
    "Give each of your tools a name and a function to call.": [
      () => customTools([{ type: "function", function: { name: "divide" } } as never]),
      () => customTools([{ type: "function", function: { name: "divide", function: divide } }]),
    ],
  }),
  ...hintCases("INVALID_CURSOR", {
    "Pass `nextPage` of recent() unchanged.": [
      ({ ann }) => new OutcomeLog(ann).recent({ page: "2" }),
      async ({ ann }) => {
        const log = new OutcomeLog(ann);
        for (let n = 0; n < 2; n++) await log.record({ task: "t", success: true });
        const { nextPage } = await log.recent({ limit: 1 });
        const { outcomes } = await log.recent({ limit: 1, page: nextPage });
        assert.equal(outcomes.length, 1);
      },
    ],
  }),
  ...hintCases("TIMEOUT", {
    "Try again, or raise `timeout`.": [
      (scene) => silent(scene).mesh.stats(),
      async (scene) => {
        const { storage, mesh } = SILENT.get(scene)!;
        storage.isSilent = false;
        await mesh.stats();
        await mesh.close();
      },
    ],
  }),
  ...hintCases("UNKNOWN_OUTCOME", {
    "Read the current state before you write again.": [
      (scene) => silent(scene).mesh.system.push("a", 1, { global: true, ifRevision: 0 }),
      async (scene) => {
        const { storage, mesh } = SILENT.get(scene)!;
        storage.isSilent = false;
        const item = await mesh.system.getItem("a");
        await mesh.system.push("a", 1, { global: true, ifRevision: item?.revision ?? 0 });
        const again = mesh.system.push("a", 1, { global: true, ifRevision: 0 });
        const conflict: unknown = await again.catch((error: unknown) => error);
        if (!isSynthaError(conflict, "CONFLICT")) throw new Error("Repeating it did harm.");
        await mesh.close();
      },
    ],
  }),
  ...hintCases("STORAGE_MISMATCH", {
    "Restore it from a backup, or pass another file.": [
      () =>
        inFolder(async (folder) => {
          const path = join(folder, "notes.txt");
          writeFileSync(path, "not a database");
          await new SqliteStorage({ path }).open();
        }),
      () =>
        inFolder(async (folder) => {
          const storage = new SqliteStorage({ path: join(folder, "mesh.db") });
          await storage.open();
          await storage.close();
        }),
    ],
  }),
  ...hintCases("MISCONFIGURED", {
    "Create the directory, or pass a path in one that exists.": [
      () => inFolder((folder) => new SqliteStorage({ path: join(folder, "no", "mesh.db") }).open()),
      () =>
        inFolder(async (folder) => {
          const storage = new SqliteStorage({ path: join(folder, "mesh.db") });
          await storage.open();
          await storage.close();
        }),
    ],
  }),
  ...hintCases("CLOSED", {
    "Open it again, or create another mesh over it.": [
      () => new MemoryStorage().stats("default"),
      async () => {
        const storage = new MemoryStorage();
        await storage.open();
        await storage.stats("default");
        await storage.close();
        const mesh = new ContextMesh({ storage });
        await mesh.stats();
        await mesh.close();
      },
    ],
  }),
];

/** A call that a breaker counts as a failure. */
async function failOnce(storage: MemoryStorage, breaker: CircuitBreaker): Promise<void> {
  const policies = new Policies({ breaker, retry: false });
  const failing = policies.run(() => Promise.reject(new SynthaError("UNAVAILABLE", "It is out.")), {
    isRead: true,
  });
  await failing.catch(() => storage.stats("default"));
}

/** Makes two calls at once, and fails as one of them did when both have ended. */
async function atOnce(storage: Storage): Promise<void> {
  const calls = [storage.stats("default"), storage.stats("default")];
  await Promise.allSettled(calls);
  await Promise.all(calls);
}

/** A streamed completion; the last of several deltas ends it. */
async function* chunks(deltas: readonly object[]): AsyncGenerator<never> {
  for (const [n, delta] of deltas.entries()) {
    const isLast = n > 0 && n === deltas.length - 1;
    const choice = { index: 0, delta, finish_reason: isLast ? "stop" : null };
    yield { choices: [choice] } as never;
  }
}

function divide({ by }: { readonly by: number }): number {
  if (by === 0) throw new Error("It can't be divided by 0.");
  return 10 / by;
}
