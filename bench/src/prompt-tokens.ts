import { type AgentContext, ContextMesh } from "@syntha/core";
import { ContextThread, renderContext, systemPrompt } from "@syntha/prompts";
import { o200kTokens } from "@syntha/prompts/tokenizer";

// pnpm --filter bench prompt-tokens
// What a conversation of 100 turns sends, in tokens of o200k: with all context each turn, or only with changes.

const TURNS = 100;
const AUTHORS = ["Triage", "Billing", "Shipping", "Research", "Legal", "Manager"] as const;
const TOPICS = ["tickets", "orders", "findings", "policy"] as const;
const BUDGET = { tokens: 8_000, count: o200kTokens };
const SYSTEM = systemPrompt("You lead the support desk. Say what happens next.");
const ANSWER = "Billing looks at the refund first. Shipping then tells me where the parcel is.";

/** A conversation with one method of adding context. */
interface Way {
  readonly name: string;
  /** The texts that a turn sends, and those among them that are newly rendered context. */
  turn(said: string): Promise<{ messages: readonly string[]; drawn: string }>;
}

const mesh = new ContextMesh({ sweepEvery: false, compactEvery: false });
const lead = mesh.agent("Lead");
await lead.subscribe(TOPICS);
const roll = dice(42);
for (let n = 0; n < 60; n++) await work(n);

const ways = [allFirst(lead), allLast(lead), changes(lead)];
const books = ways.map(() => ({ drawn: 0, drawnBytes: 0, sent: 0, bytes: 0, kept: 0, fresh: 0 }));
const before = ways.map(() => "");
for (let turn = 0; turn < TURNS; turn++) {
  // Most turns have changes, some have none.
  for (let writes = roll(4); writes > 0; writes--) await work(60 + roll(40));
  for (const [i, way] of ways.entries()) {
    const book = books[i] as (typeof books)[number];
    const { messages, drawn } = await way.turn(`The customer of order ${1_000 + turn} asks again.`);
    const text = messages.join("\n\n");
    const kept = commonStart(before[i] as string, text);
    book.drawn += o200kTokens(drawn);
    book.drawnBytes += Buffer.byteLength(drawn);
    book.sent += o200kTokens(text);
    book.fresh += o200kTokens(text.slice(kept));
    book.bytes += Buffer.byteLength(text);
    book.kept += Buffer.byteLength(text.slice(0, kept));
    before[i] = text;
  }
}
await mesh.close();

const each = (sum: number): string => Math.round(sum / TURNS).toLocaleString("en");
console.log(
  "| context | drawn a turn | | sent a turn | of it as the turn before | new to a cache |",
);
console.log("|---|--:|--:|--:|--:|--:|");
for (const [i, { drawn, drawnBytes, sent, bytes, kept, fresh }] of books.entries()) {
  const share = ((100 * kept) / bytes).toFixed(1);
  console.log(
    `| ${ways[i]?.name} | ${each(drawn)} tokens | ${each(drawnBytes)} bytes | ${each(sent)} tokens | ${share} % | ${each(fresh)} tokens |`,
  );
}

/** All context, after the instructions and before the conversation. */
function allFirst(agent: AgentContext): Way {
  const history: string[] = [];
  return {
    name: "all, in front of the conversation",
    async turn(said) {
      const { text } = await renderContext(agent, { budget: BUDGET });
      history.push(said);
      const messages = [SYSTEM, text, ...history];
      history.push(ANSWER);
      return { messages, drawn: text };
    },
  };
}

/** All context, with the last message; the context of the previous turn is removed. */
function allLast(agent: AgentContext): Way {
  const history: string[] = [];
  return {
    name: "all, behind the conversation",
    async turn(said) {
      const { text } = await renderContext(agent, { budget: BUDGET });
      const messages = [SYSTEM, ...history, text, said];
      history.push(said, ANSWER);
      return { messages, drawn: text };
    },
  };
}

/** All context once, then changes. */
function changes(agent: AgentContext): Way {
  const thread = new ContextThread(agent, { budget: BUDGET });
  const history: string[] = [];
  return {
    name: "all once, then changes",
    async turn(said) {
      const { text } = await thread.next();
      if (text !== "") history.push(text);
      history.push(said);
      const messages = [SYSTEM, ...history];
      history.push(ANSWER);
      return { messages, drawn: text };
    },
  };
}

/** A write of a team: usually an update, sometimes a new item, sometimes a deletion. */
async function work(n: number): Promise<void> {
  const author = mesh.agent(AUTHORS[n % AUTHORS.length] as string);
  const topic = TOPICS[n % TOPICS.length] as string;
  const key = `${topic}:${n}`;
  const isThere = (await mesh.system.get(key)) !== undefined;
  if (isThere && roll(8) === 0) return void (await mesh.system.delete(key));
  const value = {
    order: 1_000 + n,
    status: ["open", "waiting", "promised", "refunded", "closed"][roll(5)] as string,
    amount: roll(90_000) / 100,
    note: [
      "The second invoice was charged twice; she wants the money back before Friday.",
      "The parcel left the warehouse, and the carrier has not seen it since.",
      "Asked for proof of purchase. No answer yet.",
    ][roll(3)] as string,
    tags: ["eu", "priority"].slice(0, roll(3)),
  };
  await author.push(key, value, { topics: [topic] }).catch(() => mesh.system.push(key, value));
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Random integers below a number of sides, equal for equal seeds. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % sides;
  };
}
