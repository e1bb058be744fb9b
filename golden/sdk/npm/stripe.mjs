// The driver of stripe, with the retries that it makes by default.
import Stripe from 'stripe';
import { notOffered, run } from './driver.mjs';

const clients = new Map();

function client(r) {
  const key = r.account.tokens.bearerAuth;
  if (!clients.has(key)) {
    const { hostname, port } = new URL(r.servers.api);
    clients.set(key, new Stripe(key, { protocol: 'http', host: hostname, port, telemetry: false }));
  }
  return clients.get(key);
}

run({
  name: 'stripe',
  module: 'stripe',
  offers: ['retries', 'keys', 'codes', 'typed', 'outcomes', 'request_ids', 'lossless'],

  async call(r) {
    if (r.action === 'products.get') return client(r).products.retrieve(r.params.id);
    if (r.action === 'products.create') return client(r).products.create(r.params, { idempotencyKey: r.key });
    return notOffered;
  },

  async list(r, item) {
    if (r.action !== 'products.list') return notOffered;
    for await (const v of client(r).products.list(r.params)) item(v);
  },

  explain(e) {
    if (!(e instanceof Stripe.errors.StripeError)) return {};
    const unknown = e instanceof Stripe.errors.StripeConnectionError || e.statusCode >= 500;
    return { typed: true, code: e.code, status: e.statusCode, request_id: e.requestId, unknown };
  },
});
