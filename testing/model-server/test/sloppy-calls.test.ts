import { expect, it, onTestFinished } from "vitest";
import {
  argumentsOf,
  answerTo,
  situation,
  SLOPPY_CALLS,
  type SloppyCall,
  withoutChance,
} from "../src/sloppy/index.ts";

function title(args: unknown): string {
  if (typeof args === "string") return args;
  return JSON.stringify(
    typeof args === "function" ? (args as (token: string) => object)("…") : args,
  );
}

const titled = (calls: readonly SloppyCall[]) =>
  calls.map((call) => [call.tool, title(call.args), call] as const);
const understood = SLOPPY_CALLS.filter(({ refused }) => refused === undefined);
const ambiguous = SLOPPY_CALLS.filter(({ refused }) => refused !== undefined);

async function answered({
  tool,
  args,
}: SloppyCall): Promise<{ answer: object; hasWritten: boolean }> {
  const here = await situation();
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
  expect(withoutChance(rest)).toEqual(await answerTo(call));
});

it.for(titled(ambiguous))("%s names the mistake in %s", async ([, , call]) => {
  const { answer, hasWritten } = await answered(call);
  expect(answer).toMatchObject({ ...call.refused, success: false, retry: "corrected_call" });
  expect(hasWritten).toBe(false);
});

it("needs no second turn for most sloppy calls", () => {
  const share = Math.round((100 * understood.length) / SLOPPY_CALLS.length);
  console.log(
    `${understood.length} of ${SLOPPY_CALLS.length} sloppy calls need no second turn: ${share} %.`,
  );
  expect(SLOPPY_CALLS.length).toBeGreaterThanOrEqual(60);
  expect(share).toBeGreaterThanOrEqual(60);
});
