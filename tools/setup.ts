/** `npm run setup`: makes what `docker compose up` needs before its first run. */
import { EnvFileError, ensureEnv } from './dotenv.ts';

try {
  ensureEnv();
  console.log(
    '.env holds the API key (API_KEY) and the Grafana password (GRAFANA_ADMIN_PASSWORD).',
  );
  console.log('Next: docker compose up');
} catch (error) {
  if (!(error instanceof EnvFileError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
