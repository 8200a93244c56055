import { ContextMesh } from "@syntha/core";
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

/** A way of adding context to a conversation. */
interface Way {
  readonly name: string;
  /** Renders the context of a turn. */
  render(): Promise<{ readonly text: string }>;
  /** Where the context stands: before the conversation, after it, or in it from then on. */
  readonly place: "before" | "after" | "within";
}

const mesh = new ContextMesh({ sweepEvery: false, compactEvery: false });
const lead = mesh.agent("Lead");
await lead.subscribe(TOPICS);
const roll = dice(42);
for (let n = 0; n < 60; n++) await work(n);

const thread = new ContextThread(lead, { budget: BUDGET });
const all = () => renderContext(lead, { budget: BUDGET });
const ways: readonly Way[] = [
  { name: "all, before the conversation", render: all, place: "before" },
  { name: "all, after the conversation", render: all, place: "after" },
  { name: "all once, then changes", render: () => thread.next(), place: "within" },
];
const histories: string[][] = ways.map(() => []);
const books = ways.map(() => ({ drawn: 0, drawnBytes: 0, sent: 0, bytes: 0, kept: 0, fresh: 0 }));
const before = ways.map(() => "");
for (let turn = 0; turn < TURNS; turn++) {
  // Most turns have changes, some have none.
  for (let writes = roll(4); writes > 0; writes--) await work(60 + roll(40));
  for (const [i, way] of ways.entries()) {
    const book = books[i] as (typeof books)[number];
    const said = `The customer of order ${1_000 + turn} asks again.`;
    const { text: drawn } = await way.render();
    const text = messagesOf(way, histories[i] as string[], drawn, said).join("\n\n");
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

/** The messages that a turn sends; the history then also has what was said and the answer. */
function messagesOf({ place }: Way, history: string[], context: string, said: string): string[] {
  const past = [...history];
  if (place === "within" && context !== "") history.push(context);
  history.push(said, ANSWER);
  if (place === "before") return [SYSTEM, context, ...past, said];
  if (place === "after") return [SYSTEM, ...past, context, said];
  return [SYSTEM, ...history.slice(0, -1)];
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
