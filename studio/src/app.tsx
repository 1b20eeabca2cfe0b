import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Problem, toProblem } from "./api/problem";
import { chooseAppearance, appearance, EmptyState, Icon, type IconName, LinkButton, Mark, Menu, PageHeading, ProblemNotice, Skeleton, ToastRegion } from "./design";
import { type Match, matchRoute, type PageProps, path } from "./router";
import { ROUTES } from "./routes";
import { SignIn } from "./sign-in";

const NAVIGATION: readonly { href: string; label: string; icon: IconName }[] = [
  { href: "/", label: "Make", icon: "edit" },
  { href: "/library", label: "Library", icon: "grid" },
  { href: "/explore", label: "Explore", icon: "compass" },
  { href: "/settings", label: "Settings", icon: "settings" },
];

/** The frame around every page. */
export function App() {
  const match = matchRoute(ROUTES, path.value);
  return (
    <>
      <a class="skip" href="#content">
        Skip to content
      </a>
      {!match?.route.bare && <Bar current={path.value} />}
      <main id="content" tabIndex={-1}>
        {match ? <LoadedPage key={match.route.path} match={match} /> : <NoSuchPage />}
      </main>
      <ToastRegion />
      <SignIn />
    </>
  );
}

function Bar({ current }: { current: string }) {
  return (
    <header class="bar">
      <a class="bar-mark" href="/" aria-label="Lectern, make a video">
        <Mark />
        <span>Lectern</span>
      </a>
      <nav aria-label="Main">
        <ul class="bar-links">
          {NAVIGATION.map(({ href, label, icon }) => (
            <li key={href}>
              <a href={href} aria-current={isCurrent(href, current) ? "page" : undefined}>
                <Icon name={icon} size={20} />
                <span>{label}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="bar-end">
        <AppearanceMenu />
      </div>
    </header>
  );
}

function isCurrent(href: string, current: string): boolean {
  return href === "/" ? current === "/" : current === href || current.startsWith(`${href}/`);
}

function AppearanceMenu() {
  const chosen = appearance.value;
  const icon = { system: "monitor", light: "sun", dark: "moon" } as const;
  return (
    <Menu
      label="Appearance"
      icon={icon[chosen]}
      items={(["system", "light", "dark"] as const).map((each) => ({
        label: { system: "As the system", light: "Light", dark: "Dark" }[each],
        icon: icon[each],
        checked: each === chosen,
        onSelect: () => chooseAppearance(each),
      }))}
    />
  );
}

/** A page's module is loaded when the page is first shown. */
function LoadedPage({ match }: { match: Match }) {
  const [component, setComponent] = useState<{ Page: ComponentType<PageProps> } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    match.route.load().then(
      (module) => current && setComponent({ Page: module.default }),
      (error: unknown) => current && setProblem(toProblem(error)),
    );
    return () => {
      current = false;
    };
  }, [match.route, round]);
  if (component) return <component.Page params={match.params} />;
  if (problem) {
    return (
      <div class="page">
        <ProblemNotice
          problem={{ ...problem, title: "This page did not load", remedy: "Reload to get the newest version of the studio." }}
          onRetry={() => (round < 1 ? (setProblem(null), setRound(round + 1)) : location.reload())}
        />
      </div>
    );
  }
  return (
    <div class="page page-loading" aria-busy="true">
      <Skeleton lines={3} />
    </div>
  );
}

function NoSuchPage() {
  return (
    <div class="page">
      <PageHeading hidden>Page not found</PageHeading>
      <EmptyState
        icon="compass"
        title="There is no page here"
        actions={
          <>
            <LinkButton href="/" look="primary">
              Make a video
            </LinkButton>
            <LinkButton href="/library">Open the library</LinkButton>
          </>
        }
      >
        <p>The address may be mistyped, or what it led to was deleted.</p>
      </EmptyState>
    </div>
  );
}
