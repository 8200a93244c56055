import { expect, it, onTestFinished } from "vitest";
import {
  argumentsOf,
  intendedAnswer,
  createFixture,
  IMPRECISE_CALLS,
  type ImpreciseCall,
  withoutRandomIds,
} from "../src/imprecise/index.ts";

function title(args: unknown): string {
  if (typeof args === "string") return args;
  return JSON.stringify(
    typeof args === "function" ? (args as (token: string) => object)("…") : args,
  );
}

const titled = (calls: readonly ImpreciseCall[]) =>
  calls.map((call) => [call.tool, title(call.args), call] as const);
const understood = IMPRECISE_CALLS.filter(({ refused }) => refused === undefined);
const ambiguous = IMPRECISE_CALLS.filter(({ refused }) => refused !== undefined);

async function answered({
  tool,
  args,
}: ImpreciseCall): Promise<{ answer: object; hasWritten: boolean }> {
  const here = await createFixture();
  onTestFinished(() => here.mesh.close());
  const before = (await here.mesh.stats()).revision;
  const answer = await here.handler.handleToolCall(tool as string, argumentsOf(args, here));
  return { answer, hasWritten: (await here.mesh.stats()).revision !== before };
}

it.for(titled(understood))("%s reads what is meant by %s", async ([, , call]) => {
  const { answer } = await answered(call);
  const { ignored_arguments = [], ...rest } = answer as { ignored_arguments?: string[] };
  expect(ignored_arguments).toEqual(call.ignored);
  expect(rest).toMatchObject({ success: true });
  expect(withoutRandomIds(rest)).toEqual(await intendedAnswer(call));
});

it.for(titled(ambiguous))("%s names the mistake in %s", async ([, , call]) => {
  const { answer, hasWritten } = await answered(call);
  expect(answer).toMatchObject({ ...call.refused, success: false, retry: "corrected_call" });
  expect(hasWritten).toBe(false);
});

it("needs no second turn for most calls", () => {
  const share = Math.round((100 * understood.length) / IMPRECISE_CALLS.length);
  console.log(
    `${understood.length} of ${IMPRECISE_CALLS.length} imprecise calls need no second turn: ${share} %.`,
  );
  expect(IMPRECISE_CALLS.length).toBeGreaterThanOrEqual(60);
  expect(share).toBeGreaterThanOrEqual(60);
});
