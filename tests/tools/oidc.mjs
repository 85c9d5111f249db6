// node tests/tools/oidc.mjs NODE_MODULES: an OpenID Connect issuer whose tokens are shaped like Cognito's.
//
// It prints its address, and ends with its standard input. The server is oidc-provider, which is certified; what is here is its
// configuration, a page to sign in with any name, and doors for tests under /test/: other keys, shorter lives, silence, and
// signing whatever a test wants signed, so that an attack differs from a good token in one thing alone.
import { createHmac, generateKeyPairSync, createPublicKey } from "node:crypto";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const modules = pathToFileURL(process.argv[2] + "/");
const { Provider } = await import(new URL("oidc-provider/lib/index.js", modules));
const { SignJWT, importJWK } = await import(new URL("jose/dist/webapi/index.js", modules));

const RESOURCE = "urn:rez";
const SCOPES = "messages:read messages:write admin";
const GROUPS = { root: ["admin"] };
const state = { kid: 0, ttl: 3600, silent: false, keysAsked: 0, keys: [], held: null, issued: null, revoked: null };

/** Requests for tokens wait, until somebody lets them go on. */
function hold() {
  const held = {};
  held.arrived = new Promise((resolve) => { held.arrives = resolve; });
  held.released = new Promise((resolve) => { held.release = resolve; });
  return held;
}

function newKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  state.kid += 1;
  return { ...privateKey.export({ format: "jwk" }), kid: `key-${state.kid}`, alg: "RS256", use: "sig" };
}

/** What Cognito writes into access tokens, and what it leaves out. */
function likeCognito(token, jwt) {
  const { aud, ...payload } = jwt.payload;
  jwt.header = { typ: "JWT" };
  jwt.payload = { ...payload, token_use: "access", client_id: token.clientId, username: token.accountId };
  if (GROUPS[token.accountId]) jwt.payload["cognito:groups"] = GROUPS[token.accountId];
  // The library insists on an audience; one that is not enumerable is there and is not written.
  Object.defineProperty(jwt.payload, "aud", { value: aud, enumerable: false, writable: true });
}

function provider(issuer) {
  const made = new Provider(issuer, {
    clients: [{
      client_id: "rez",
      application_type: "native",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: ["http://127.0.0.1/api/auth/callback"],
      post_logout_redirect_uris: ["http://127.0.0.1/"],
    }],
    jwks: { keys: state.keys },
    cookies: { keys: ["a key for cookies of tests"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: SCOPES, audience: RESOURCE, accessTokenFormat: "jwt", accessTokenTTL: state.ttl, jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    formats: { customizers: { jwt: (_, token, jwt) => likeCognito(token, jwt) } },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  });
  made.use(async (context, next) => {
    await next();
    if (context.path === "/token") state.issued = context.body?.refresh_token ?? state.issued;
    if (context.path === "/token/revocation") state.revoked = context.oidc.params.token;
  });
  // Tests read standard error when something is wrong with this file.
  made.on("server_error", (_, error) => console.error(error));
  return made;
}

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

async function signed({ alg, header = {}, payload }) {
  const base64 = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const key = state.keys.at(-1);
  if (alg === "none") return `${base64({ alg, kid: key.kid, ...header })}.${base64(payload)}.`;
  if (alg === "HS256") {
    const text = `${base64({ alg, kid: key.kid, ...header })}.${base64(payload)}`;
    // The public key as everybody can fetch it, used as if it were a shared secret.
    const secret = createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" });
    return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  }
  const protectedHeader = { alg: "RS256", kid: key.kid, ...header };
  return new SignJWT(payload).setProtectedHeader(protectedHeader).sign(await importJWK(key, "RS256"));
}

const DOORS = {
  "/test/sign": async (text) => signed(JSON.parse(text)),
  "/test/ttl": async (text) => { state.ttl = Number(text); },
  "/test/silent": async (text) => { state.silent = text === "true"; },
  "/test/hold": async () => { state.held = hold(); },
  // Answers when a request waits.
  "/test/held": async () => state.held.arrived,
  "/test/release": async () => { state.held.release(); state.held = null; },
  "/test/newest-revoked": async () => String(state.issued !== null && state.revoked === state.issued),
  "/test/keys-asked": async () => String(state.keysAsked),
  // The old key is withdrawn: only the new one is published.
  "/test/rotate": async () => { state.keys = [newKey()]; current = provider(issuer); },
};

/** A page with a name, and what comes of it. */
async function interaction(request, response) {
  if (request.method === "GET") {
    const { prompt, params, session } = await current.interactionDetails(request, response);
    if (prompt.name === "consent") {
      // Native clients are always asked; everybody consents.
      const grant = new current.Grant({ clientId: params.client_id, accountId: session.accountId });
      grant.addOIDCScope("openid offline_access");
      grant.addResourceScope(RESOURCE, SCOPES);
      return current.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
    }
    response.setHeader("content-type", "text/html");
    return response.end(`<!doctype html><title>Issuer</title><h1>${prompt.name}</h1><form method="post"><label>Name <input name="name"></label><button>Sign in</button></form>`);
  }
  const name = new URLSearchParams(await body(request)).get("name");
  return current.interactionFinished(request, response, { login: { accountId: name } });
}

const server = createServer(async (request, response) => {
  const path = new URL(request.url, issuer).pathname;
  try {
    if (DOORS[path]) return response.end((await DOORS[path](await body(request))) ?? "");
    if (state.silent) return request.socket.destroy();
    if (path === "/token" && state.held) {
      state.held.arrives();
      await state.held.released;
    }
    if (path === "/jwks") state.keysAsked += 1;
    if (path.startsWith("/interaction/")) return await interaction(request, response);
    return current.callback()(request, response);
  } catch (error) {
    console.error(error);
    response.statusCode = 500;
    response.end(String(error));
  }
});
let issuer, current;
server.listen(0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  state.keys = [newKey()];
  current = provider(issuer);
  console.log(issuer);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
