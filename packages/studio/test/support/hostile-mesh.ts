import type { ContextMesh } from "@syntha/core";

/** Texts that run, move or hide something where they are not taken as text. */
const ATTACKS = [
  '<script>globalThis.attacked = "script"</script>',
  "<img src=x onerror=\"globalThis.attacked='image'\">",
  "\"'><svg onload=globalThis.attacked=1>",
  "</style></script><style>*{display:none!important}</style>",
  "javascript:globalThis.attacked='link'",
  "{{constructor.constructor('globalThis.attacked=2')()}}",
  "\u202Egnp.exe \u2066\u200F\u061C",
  "\u001b[2J\u001b[31m\u0007\u0008\r\n\t",
  "__proto__",
  "z".repeat(1024),
  "W\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308".repeat(20),
  "אבג דהו‏ 123 abc",
  "👩‍💻🏳️‍🌈\uFE0F",
  "&lt;b&gt; &amp; %3Cscript%3E ${1} #/items?as=x&mode=own",
] as const;
const LONG = 256 * 1024;
const LEVELS = 32;

/** A mesh of which every key, name and value is an attack. */
export async function fillHostileMesh(mesh: ContextMesh): Promise<void> {
  let deep: unknown = "the bottom";
  for (let level = 1; level < LEVELS; level++)
    deep = level % 2 === 0 ? [deep] : { [ATTACKS[0]]: deep };
  const values = [
    ATTACKS[0].repeat(Math.floor(LONG / (ATTACKS[0].length + 4))),
    deep,
    Array.from({ length: 3000 }, () => null),
    ...ATTACKS,
  ];
  for (const [index, attack] of ATTACKS.entries()) {
    const name = fit(attack, 240);
    const key = fit(`${index}:${attack}`, 250);
    const task = fit(`task:${attack}`, 250);
    const agent = mesh.agent(name);
    await agent.announce({ description: fit(attack, 1000), capabilities: [fit(attack, 60)] });
    await agent.subscribe([name]);
    await agent.push(key, { [attack]: values[index] ?? attack, index }, { topics: [name] });
    const route = { topics: [name], subscribers: [fit(`?${attack}`, 240)] };
    await agent.push(task, attack, { ...route, priority: 1 });
    const lease = await agent.claim({ key: task }, { lease: "1h" });
    await lease?.release({ error: attack, maxAttempts: 1 });
    await agent.publish(name, { [attack]: attack }, { topics: [name] });
  }
  await mesh.agent("Ann").push("unheard", values[0], { topics: [ATTACKS[1]] });
  await mesh.agent("Ann").push("unheard", { later: ATTACKS }, { topics: [ATTACKS[1]] });
}

/** The beginning of a text that takes at most this many bytes. */
function fit(text: string, bytes: number): string {
  let fitting = "";
  for (const char of text) {
    if (Buffer.byteLength(fitting + char) > bytes) break;
    fitting += char;
  }
  return fitting;
}
