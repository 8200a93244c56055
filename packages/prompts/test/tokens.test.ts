import { estimateTokens } from "@syntha/prompts";
import { o200kTokens } from "@syntha/prompts/tokenizer";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { ARTICLE_1 } from "./support/declaration.ts";

const ENGLISH =
  "The customer wrote again this morning: the second invoice was charged twice, and nobody has answered since Tuesday. Please find out who is responsible, whether a refund has been promised before, and by when she can expect it. If the amount is above the limit, ask the manager first.";
const GERMAN =
  "Die Kundin hat heute Morgen noch einmal geschrieben: Die zweite Rechnung wurde doppelt abgebucht, und seit Dienstag hat niemand geantwortet. Bitte klären Sie die Zuständigkeit, ob eine Rückerstattung zugesagt wurde und bis wann sie damit rechnen kann. Bei Überschreitung der Höchstgrenze entscheidet die Geschäftsführung.";
const CHINESE =
  "客户今天早上又写信来了：第二张发票被重复扣款，从星期二开始一直没有人回复。请确认由谁负责，之前是否承诺过退款，以及她最晚什么时候可以收到。如果金额超过上限，请先询问经理。";
const JAPANESE =
  "お客様から今朝もう一度ご連絡がありました。二枚目の請求書が二重に引き落とされており、火曜日から誰も返信していません。担当者は誰か、以前に返金を約束したかどうか、いつまでに受け取れるかを確認してください。";
const KOREAN =
  "고객이 오늘 아침 다시 연락했습니다. 두 번째 청구서가 이중으로 결제되었고 화요일부터 아무도 답변하지 않았습니다. 담당자가 누구인지, 환불을 약속한 적이 있는지 확인해 주세요.";
const RUSSIAN =
  "Клиентка снова написала сегодня утром: второй счёт был списан дважды, и со вторника никто не ответил. Выясните, пожалуйста, кто отвечает за это и обещали ли ей возврат.";
const ITEM = JSON.stringify({
  key: "order:1042",
  author: "Billing",
  revision: 1337,
  updatedAt: "2030-01-01T12:30:45Z",
  value: {
    customer: "BigCo",
    amount: 1299.5,
    urgent: true,
    tags: ["billing", "eu"],
    assignee: null,
  },
});

const TEXTS: readonly (readonly [string, string])[] = [
  ["English", ENGLISH],
  ["German", GERMAN],
  ["Chinese", CHINESE],
  ["Japanese", JAPANESE],
  ["Korean", KOREAN],
  ["Russian", RUSSIAN],
  ["an item as JSON", ITEM],
  ["JSON with escapes", JSON.stringify(`${ENGLISH}\n"${GERMAN}"\t\\u003cb>\\u202e`)],
  [
    "code",
    "export function toBudget({ tokens = 4_000, count }: BudgetOptions = {}): Budget {\n  return { tokens, count };\n}\n".repeat(
      4,
    ),
  ],
  ["emoji", "😀😂🎉👍🏽🔥✨🚀❤️😭🙏💯🤔🦊🧵🪄📦📈⚠️✅❌".repeat(10)],
  [
    "ids",
    Array.from(
      { length: 20 },
      (_, i) => `${(i * 7_919_317 + 1e8).toString(16)}-${(i * 104_729 + 46_655).toString(36)}`,
    ).join(" "),
  ],
  [
    "base64",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQSflKxwRJSMeKKF2QT4fwpMeJf36POk6yJVadQssw5c",
  ],
];

/** Scripts in use that a tokenizer has no words of. Texts in all other ones in use are in ARTICLE_1. */
const SCRIPTS_WITHOUT_WORDS =
  "Adlam Balinese Bamum Batak Bopomofo Buginese Canadian_Aboriginal Chakma Cham Cherokee Ethiopic Hanifi_Rohingya Hanunoo Javanese Kayah_Li Lepcha Limbu Lisu Mandaic Meetei_Mayek Miao Mongolian New_Tai_Lue Newa Nko Nyiakeng_Puachue_Hmong Ol_Chiki Osage Saurashtra Sundanese Syloti_Nagri Syriac Tagalog Tai_Le Tai_Tham Tai_Viet Thaana Tifinagh Vai Wancho Yi";

/** All characters of a script, in words of five. */
function charactersOf(script: string): string {
  const inScript = new RegExp(`^\\p{Script=${script}}$`, "u");
  let text = "";
  let count = 0;
  for (let code = 0x80; code < 0x20_000; code++) {
    const character = String.fromCodePoint(code);
    if (!inScript.test(character)) continue;
    text += character;
    if (++count % 5 === 0) text += " ";
  }
  return text;
}

describe("estimateTokens", () => {
  it.each(ARTICLE_1)("is at most 5 % too low and not far too high for %s", (language, text) => {
    const ratio = estimateTokens(text) / o200kTokens(text);
    // The letters of these two are those of English, but most of their words are no words of the tokenizer.
    expect(ratio).toBeGreaterThan(language === "Quechua" || language === "Swahili" ? 0.85 : 0.95);
    expect(ratio).toBeLessThan(2.5);
  });

  it.each(SCRIPTS_WITHOUT_WORDS.split(" "))("is not too low for the script %s", (script) => {
    const text = charactersOf(script);
    const ratio = estimateTokens(text) / o200kTokens(text);
    expect(ratio).toBeGreaterThan(0.97);
    expect(ratio).toBeLessThan(1.5);
  });

  it("is not too low for letters of mathematical styles", () => {
    const text = "𝐁𝐨𝐥𝐝 𝐭𝐞𝐱𝐭, 𝑖𝑡𝑎𝑙𝑖𝑐 𝑡𝑒𝑥𝑡, 𝓈𝒸𝓇𝒾𝓅𝓉, 𝔣𝔯𝔞𝔨𝔱𝔲𝔯, 𝕕𝕠𝕦𝕓𝕝𝕖, 𝚖𝚘𝚗𝚘 𝟏𝟐𝟑";
    expect(estimateTokens(text) / o200kTokens(text)).toBeGreaterThan(0.95);
  });

  it.each(TEXTS)("is at most 5 % too low and less than twice too high for %s", (_, text) => {
    const ratio = estimateTokens(text) / o200kTokens(text);
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(2);
  });

  it.each([
    ["spaces", " "],
    ["tabs", "\t"],
    ["tabs and spaces", "\t "],
    ["line breaks", "\n"],
    ["carriage returns", "\r"],
    ["a long run of letters", "ac"],
    ["phonetic letters", "\u0252"],
    ["combining marks", "e\u0301"],
  ])("is not far too low for a run of %s", (_, unit) => {
    const text = unit.repeat(4_000);
    expect(estimateTokens(text) / o200kTokens(text)).toBeGreaterThan(0.9);
  });

  it("is 0 for empty text", () => {
    expect(estimateTokens("")).toBe(0);
  });
});

describe("o200kTokens", () => {
  it.each(TEXTS)("equals the tokenizer for %s", (_, text) => {
    expect(o200kTokens(text)).toBe(countTokens(text));
  });

  it("counts names of special tokens as text", () => {
    expect(o200kTokens("<|endoftext|>")).toBeGreaterThan(3);
  });

  it.each([
    ["a letter", "a"],
    ["random letters", "qzxvkj"],
    ["punctuation", "#*"],
    ["spaces", " "],
    ["rare characters", "齉"],
  ])("takes linear time for a run of %s", (_, unit) => {
    // In one piece, a quarter of it takes from ten seconds to minutes, in quadratic time.
    const run = unit.repeat(1_048_576 / unit.length);
    // Compared with the count of a part that is short enough for one piece.
    const part = o200kTokens(run.slice(0, 1_024));
    expect(o200kTokens(run) / (part * 1_024)).toBeCloseTo(1, 1);
  });
});
