import type { MarkdownRenderer } from "vitepress";

/**
 * Configures how pages become Vue templates: `{{` is text on every page, in code, prose, tables and headings alike, and
 * a `mermaid` block is a diagram.
 */
export function configureMarkdown(md: MarkdownRenderer): void {
  const render = md.renderer.render.bind(md.renderer);
  // Vue finds expressions before it decodes entities.
  md.renderer.render = (...args) => render(...args).replaceAll("{{", "&#123;&#123;");

  const fence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() !== "mermaid") return fence?.(tokens, index, options, env, self) ?? "";
    return `<Mermaid code="${encodeURIComponent(token.content)}" />`;
  };
}
