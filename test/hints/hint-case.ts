import {
  type AgentContext,
  ContextMesh,
  type ErrorCode,
  isSynthaError,
  MemoryStorage,
  type Storage,
} from "@syntha/core";
import type { SynthaError } from "@syntha/core";
import type { FullStorage } from "@syntha/core/storage";
import { type ManualClock, manualClock } from "@syntha/core/testing";

/** A mesh in memory with two agents and a manual clock. */
export interface Scene {
  readonly clock: ManualClock;
  readonly storage: MemoryStorage;
  /** Another open storage, empty, to copy to. */
  readonly target: FullStorage;
  readonly mesh: ContextMesh;
  readonly ann: AgentContext;
  readonly bea: AgentContext;
}

/** A refused call, and the call that the hint of its error recommends. */
export interface HintCase<C extends ErrorCode = ErrorCode> {
  readonly code: C;
  /** The start of the hint. */
  readonly hint: string;
  call(scene: Scene): unknown;
  /** Follows the hint; an error fails the test. */
  follow(scene: Scene, error: SynthaError<C>): unknown;
}

/** Cases of one code: by hint, the refused call and what follows the hint, with the error's details typed by the code. */
export function hintCases<C extends ErrorCode>(
  code: C,
  cases: Readonly<Record<string, readonly [HintCase<C>["call"], HintCase<C>["follow"]]>>,
): HintCase[] {
  return Object.entries(cases).map(([hint, [call, follow]]) => {
    return { code, hint, call, follow: follow as HintCase["follow"] };
  });
}

export async function withScene<T>(run: (scene: Scene) => Promise<T>): Promise<T> {
  const clock = manualClock();
  const storage = new MemoryStorage({ clock });
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  try {
    await mesh.stats();
    const [ann, bea, target] = [mesh.agent("Ann"), mesh.agent("Bea"), await openStorage()];
    return await run({ clock, storage, target, mesh, ann, bea });
  } finally {
    await mesh.close();
  }
}

/** An open storage, which stays open. */
export async function openStorage(): Promise<FullStorage> {
  const storage = new MemoryStorage();
  await storage.open();
  await new ContextMesh({ storage, tenantId: "keeper", sweepEvery: false }).stats();
  return storage;
}

/** A storage with some of its methods replaced. */
export function replacing<S extends Storage>(storage: S, methods: Partial<S>): S {
  return new Proxy(storage, {
    get(target, name) {
      if (name in methods) return methods[name as keyof S];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The error of a case's call. */
export async function refusal(hintCase: HintCase, scene: Scene): Promise<SynthaError> {
  const { code } = hintCase;
  try {
    await hintCase.call(scene);
  } catch (error) {
    if (isSynthaError(error, code)) return error;
    throw error;
  }
  throw new Error(`The call was not refused with ${code}.`);
}

/** The first value of an iterator. */
export async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

/** `count` names. */
export function names(count: number, stem = "t"): string[] {
  return Array.from({ length: count }, (_, n) => `${stem}${n}`);
}
