import {
  type AgentContext,
  ContextMesh,
  type ErrorCode,
  isSynthaError,
  MemoryStorage,
} from "@syntha/core";
import type { SynthaError } from "@syntha/core";
import { type ManualClock, manualClock } from "@syntha/core/testing";

/** A mesh in memory with two agents, on a clock that a case moves. */
export interface Scene {
  readonly clock: ManualClock;
  readonly storage: MemoryStorage;
  readonly mesh: ContextMesh;
  readonly ann: AgentContext;
  readonly bea: AgentContext;
}

/** A call that is refused, and what its error's hint says to do instead. */
export interface HintCase<C extends ErrorCode = ErrorCode> {
  readonly code: C;
  /** How the hint begins. */
  readonly hint: string;
  call(scene: Scene): unknown;
  /** Does what the hint says; what it throws fails the test. */
  follow(scene: Scene, error: SynthaError<C>): unknown;
}

/** Gives each case the details of its own code. */
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

/** The error that a case's call is refused with. */
export async function refusal(hintCase: HintCase, scene: Scene): Promise<SynthaError> {
  const { code } = hintCase;
  try {
    await hintCase.call(scene);
  } catch (error) {
    if (isSynthaError(error, code)) return error;
    throw error;
  }
  throw new Error(`It was not refused with ${code}.`);
}

/** Settles with what an iterator gives first. */
export async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

/** `count` names. */
export function names(count: number, stem = "t"): string[] {
  return Array.from({ length: count }, (_, n) => `${stem}${n}`);
}
