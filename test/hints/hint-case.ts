import {
  type AgentContext,
  ContextMesh,
  type ErrorCode,
  isSynthaError,
  MemoryStorage,
} from "@syntha/core";
import type { SynthaError } from "@syntha/core";
import { type ManualClock, manualClock } from "@syntha/core/testing";

/** A mesh in memory with two agents and a manual clock. */
export interface Scene {
  readonly clock: ManualClock;
  readonly storage: MemoryStorage;
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

/** Types the error's details by the code. */
export function hintCase<C extends ErrorCode>(
  code: C,
  hint: string,
  call: HintCase<C>["call"],
  follow: HintCase<C>["follow"],
): HintCase {
  return { code, hint, call, follow: follow as HintCase["follow"] };
}

export async function withScene<T>(run: (scene: Scene) => Promise<T>): Promise<T> {
  const clock = manualClock();
  const storage = new MemoryStorage({ clock });
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  try {
    await mesh.stats();
    return await run({ clock, storage, mesh, ann: mesh.agent("Ann"), bea: mesh.agent("Bea") });
  } finally {
    await mesh.close();
  }
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
