import type { ComponentType } from "preact";
import { Failed, Loading } from "../parts/empty.tsx";
import { openItem, page, type Page } from "../state/route.ts";
import { loadSession, session, sessionError } from "../state/session.ts";
import { AgentsPage } from "../agents/agents-page.tsx";
import { BoardPage } from "../board/board-page.tsx";
import { EventsPage } from "../events/events-page.tsx";
import { ItemPanel } from "../item/item-panel.tsx";
import { ItemsPage } from "../items/items-page.tsx";
import { PromptPage } from "../prompt/prompt-page.tsx";
import { RoutingPage } from "../routing/routing-page.tsx";
import { TasksPage } from "../tasks/tasks-page.tsx";
import { TenantsPage } from "../tenants/tenants-page.tsx";
import { TimelinePage } from "../timeline/timeline-page.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Header } from "./header.tsx";
import { Dialogs } from "./dialogs.tsx";
import { PastBanner } from "./past-banner.tsx";
import { Sidebar } from "./sidebar.tsx";
import { Toasts } from "./toasts.tsx";

const VIEWS: Readonly<Record<Page, ComponentType>> = {
  board: BoardPage,
  items: ItemsPage,
  routing: RoutingPage,
  tasks: TasksPage,
  timeline: TimelinePage,
  prompt: PromptPage,
  events: EventsPage,
  agents: AgentsPage,
  tenants: TenantsPage,
};

export function App() {
  if (session.value === undefined)
    return (
      <main class="start">
        {sessionError.value === undefined ? (
          <Loading rows={4} />
        ) : (
          <Failed error={sessionError.value} retry={() => void loadSession()} />
        )}
      </main>
    );
  const View = VIEWS[page.value];
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={focusMain}>
        Skip to content
      </a>
      <Header />
      <Sidebar />
      <main id="main" class="main" tabIndex={-1} data-page={page.value}>
        <ConnectionBanner />
        <PastBanner />
        <View key={page.value} />
      </main>
      {openItem.value !== undefined && <ItemPanel key={openItem.value} itemKey={openItem.value} />}
      <Dialogs />
      <Toasts />
    </div>
  );
}

function focusMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
