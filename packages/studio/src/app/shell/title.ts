import { effect } from "@preact/signals";
import { page, tenant, viewer } from "../state/route.ts";
import { session } from "../state/session.ts";
import { TITLES } from "../state/titles.ts";
import { startOf, visibleText } from "../../text/visible-text.ts";

/** Names the tab of the browser after what it shows. */
export function showTitle(): void {
  effect(() => {
    const mesh = tenant.value ?? session.value?.tenantId;
    const parts = [TITLES[page.value], viewer.value && `as ${viewer.value}`, mesh, "Syntha Studio"];
    document.title = parts
      .flatMap((part) => (part === undefined ? [] : [visibleText(startOf(part, 60).text)]))
      .join(" · ");
  });
}
