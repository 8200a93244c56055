const PARTS = /^(# .+?)^(```ts\n.+?^```\n)\n!\[.*?\]\(docs\/images\/routing\.svg\)\n(.+)$/ms;

/** The README as the front page: its introduction, first program and picture side by side on one screen. */
export function frontPage(readme: string): string {
  const [, introduction, program, rest] = PARTS.exec(readme) ?? [];
  if (introduction === undefined || program === undefined || rest === undefined)
    throw new Error(
      "The README begins with an introduction, a program and the picture of routing.",
    );
  return `---
layout: home
title: Shared context for teams of LLM agents
titleTemplate: Syntha
---

<div class="first-screen">
<div class="introduction">

${introduction}
<div class="actions">

[Get started](docs/getting-started.md) [Cookbook](apps/cookbook)

</div>
</div>
<div class="program">

${program}
</div>
<RoutingPicture />
</div>

${rest}`;
}
