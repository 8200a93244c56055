import axe from "axe-core";
import type { Page } from "@syntha/testing-browser";

interface Axe {
  readonly run: (options: object) => Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }[];
  }>;
}

/** The serious and critical issues of accessibility that axe finds on the page as it is, each with its elements. */
export async function seriousIssues(page: Page): Promise<readonly string[]> {
  // Evaluated by the browser's debugger, which the page's policy does not bind.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const page = globalThis as unknown as { axe: Axe };
    const { violations } = await page.axe.run({ resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 4)
            .map(
              ({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary.slice(0, 300)}`,
            )
            .join("\n  ")} (${nodes.length})`,
      );
  });
}
