/** `npm run setup`: makes what `docker compose up` needs before its first run. */
import { ensureEnv } from './dotenv.ts';

ensureEnv();
console.log('.env holds the API key (API_KEY) and the Grafana password (GRAFANA_ADMIN_PASSWORD).');
console.log('Next: docker compose up');
