import { Component, type ReactNode, Suspense, useEffect } from "react";
import { Redirect, Route, Router, Switch } from "wouter";
import { standing, token } from "../api/session";
import { useStore } from "../api/store";
import { Button, LinkButton } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { Page } from "../parts/Page";
import { Skeleton } from "../parts/Sheet";
import { person } from "../people/person";
import { SignInPage } from "../sign-in/SignInPage";
import { useWords } from "../words/language";
import { Frame } from "./Frame";
import { HOMES } from "./homes";
import { PAGES } from "./pages";

export function App() {
  const who = useStore(person);
  const stands = useStore(standing);
  useEffect(() => {
    // With no network nothing is lost: pages read what the phone has.
    if (who && stands === "unknown") void token().catch(() => undefined);
  }, [who, stands]);
  if (!who || stands === "out") return <SignInPage />;
  return (
    <Router base="/app">
      <Frame>
        <Fence>
          <Suspense fallback={<Skeleton lines={6} />}>
            <Switch>
              <Route path="/">
                <Redirect to={HOMES[who.role]} replace />
              </Route>
              {PAGES.map(({ path, page: Shown }) => (
                <Route key={path} path={path}>
                  {(given) => <Shown {...(given as Record<string, string>)} />}
                </Route>
              ))}
              <Route>
                <NoPage />
              </Route>
            </Switch>
          </Suspense>
        </Fence>
      </Frame>
    </Router>
  );
}

function NoPage() {
  const words = useWords();
  return (
    <Page title={words.app.missing}>
      <LinkButton to="/">{words.app.home}</LinkButton>
    </Page>
  );
}

/** A page that breaks leaves the rest standing. */
class Fence extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const words = useWords();
  return (
    <div className="space-y-4 py-6">
      <Notice tone="danger">{words.app.broken}</Notice>
      <Button onClick={() => window.location.reload()}>{words.app.reload}</Button>
    </div>
  );
}
