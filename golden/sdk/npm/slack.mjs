// The driver of @slack/web-api, with the retries that it makes by default, and paginate
// for lists.
import { ErrorCode, LogLevel, WebClient } from '@slack/web-api';
import { notOffered, run } from './driver.mjs';

const logger = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => LogLevel.ERROR, setName() {} };
const clients = new Map();

function client(r) {
  const token = r.account.token;
  if (!clients.has(token)) clients.set(token, new WebClient(token, { slackApiUrl: r.servers.api, logger }));
  return clients.get(token);
}

run({
  name: '@slack/web-api',
  module: '@slack/web-api',
  offers: ['retries', 'codes', 'typed', 'outcomes', 'lossless'],

  async call(r) {
    if (r.action === 'auth.test') return client(r).auth.test(r.params);
    if (r.action === 'chat.postMessage') return client(r).chat.postMessage(r.params);
    return notOffered;
  },

  async list(r, item) {
    const items = { 'conversations.list': 'channels', 'conversations.history': 'messages' }[r.action];
    if (!items) return notOffered;
    for await (const page of client(r).paginate(r.action, r.params)) {
      for (const v of page[items] ?? []) item(v);
    }
  },

  explain(e) {
    switch (e?.code) {
      case ErrorCode.PlatformError:
        return { typed: true, code: e.data.error };
      case ErrorCode.RateLimitedError:
        return { typed: true, code: 'ratelimited', status: 429 };
      case ErrorCode.HTTPError:
        return { typed: true, status: e.statusCode, unknown: e.statusCode >= 500 };
      case ErrorCode.RequestError:
        return { typed: true, unknown: true };
    }
    return {};
  },
});
