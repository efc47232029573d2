/** The whole page: its head, and the view that the address asks for. */
import { useEffect } from 'preact/hooks';
import { FunctionsPage } from './functions/functionsPage.tsx';
import { Head } from './head.tsx';
import { Overview } from './overview/overview.tsx';
import { AnswersPage } from './request/answersPage.tsx';
import { RequestPage } from './request/requestPage.tsx';
import { RequestsPage } from './requests/requestsPage.tsx';
import type { Route } from './route.ts';
import { usePage } from './state.ts';

/** What the window is called. */
const TITLES: Readonly<Record<Route['view'], string>> = {
  overview: '',
  requests: 'Requests · ',
  request: 'Request · ',
  answers: 'Two answers · ',
  functions: 'Functions · ',
};

export function App() {
  const route = usePage((state) => state.route);
  const isLost = usePage(({ connection }) => typeof connection !== 'string');
  useEffect(() => {
    document.title = `${TITLES[route.view]}lambdascope`;
  }, [route.view]);
  return (
    <div class="app" data-view={route.view}>
      <Head />
      <main>
        {isLost && (
          <p class="banner" id="lost">
            The server does not answer, and is asked again every second. What you see is from
            before.
          </p>
        )}
        <View {...route} />
      </main>
    </div>
  );
}

function View(route: Route) {
  switch (route.view) {
    case 'overview':
      return <Overview />;
    case 'requests':
      return <RequestsPage />;
    case 'request':
      return <RequestPage key={route.id} id={route.id} />;
    case 'answers':
      return <AnswersPage key={`${route.id}/${route.other}`} id={route.id} other={route.other} />;
    case 'functions':
      return <FunctionsPage />;
  }
}
