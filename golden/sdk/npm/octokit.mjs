// The driver of octokit, which retries and throttles by its plugins, as they come.
import { Octokit, RequestError } from 'octokit';
import { notOffered, run } from './driver.mjs';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const clients = new Map();

function client(r) {
  const token = r.account.token;
  if (!clients.has(token)) {
    const octokit = new Octokit({ baseUrl: r.servers.api.replace(/\/$/, ''), log });
    // Octokit says "token", which GitHub takes and its OpenAPI document does not name.
    octokit.hook.before('request', (options) => {
      options.headers.authorization = `Bearer ${token}`;
    });
    clients.set(token, octokit);
  }
  return clients.get(token);
}

const within = (r) => ({ ...r.params, request: { signal: AbortSignal.timeout(r.timeout_ms) } });

run({
  name: 'octokit',
  module: 'octokit',
  offers: ['retries', 'codes', 'deadlines', 'outcomes', 'lossless'],

  async call(r) {
    if (r.action === 'issues.get') return (await client(r).rest.issues.get(within(r))).data;
    if (r.action === 'issues.create') return (await client(r).rest.issues.create(within(r))).data;
    return notOffered;
  },

  async list(r, item) {
    if (r.action !== 'issues.listForRepo') return notOffered;
    const octokit = client(r);
    for await (const page of octokit.paginate.iterator(octokit.rest.issues.listForRepo, within(r))) {
      for (const v of page.data) item(v);
    }
  },

  explain(e) {
    if (!(e instanceof RequestError)) return {};
    return { typed: true, status: e.status, code: e.response?.data?.errors?.[0]?.code, unknown: e.status >= 500 };
  },
});
