// Who this page is for the server: a session by the link that the server printed (a cookie, and a proof that
// only pages of this address have), or a key or token that is kept for this tab.

const KEPT = 'gripstream credential';
const PROOF = 'gripstream console';
const RENEW_MS = 10 * 60_000;

let proof = localStorage.getItem(PROOF);
let isOpen = false;
let credential = sessionStorage.getItem(KEPT) ?? '';

/** What changes here: 'change'. */
export const session = new EventTarget();

export const isSignedIn = () => isOpen || credential !== '';

export const how = () => (credential !== '' ? 'key' : isOpen ? 'link' : 'none');

/** Headers with the credential. A token (JWT) has two dots, an API key may be anything else. */
export function authorized(headers = {}) {
  if (credential === '') return isOpen ? { ...headers, 'Gripstream-Console': proof } : headers;
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(credential)
    ? { ...headers, Authorization: `Bearer ${credential}` }
    : { ...headers, 'X-API-Key': credential };
}

/** Why the server refused: its own words. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function refusal(response) {
  const text = await response.text();
  let message = text.slice(0, 300) || `status ${response.status}`;
  try {
    message = JSON.parse(text).error.message;
  } catch { /* not of the API, such as a proxy's */ }
  if (response.status === 401) {
    message = isSignedIn() ? message : 'Sign in to do this.';
    if (isOpen) await renew();
  }
  return new Refused(response.status, message);
}

/** Asks the API; throws Refused. */
export async function api(path, { method = 'GET', body, headers = {} } = {}) {
  const response = await fetch(path, {
    method,
    cache: 'no-store',
    headers: authorized(body === undefined ? headers : { 'Content-Type': 'application/json', ...headers }),
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? null : response.json();
}

function take(answer) {
  const wasOpen = isOpen;
  isOpen = answer.until !== null;
  if (answer.proof !== null) {
    proof = answer.proof;
    localStorage.setItem(PROOF, proof);
  }
  session.demos = answer.demos;
  session.until = isOpen ? new Date(answer.until) : null;
  if (isOpen !== wasOpen) session.dispatchEvent(new Event('change'));
}

async function renew() {
  const headers = proof === null ? {} : { 'Gripstream-Console': proof };
  const response = await fetch('/console/session', { cache: 'no-store', headers });
  if (response.ok) take(await response.json());
}

/** Uses the code of the link, which is at once gone from the address; else the cookie, if there is one. */
export async function begin() {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code !== null) history.replaceState(null, '', location.pathname);
  let problem = null;
  try {
    await renew();
    if (code !== null && !isOpen) {
      const response = await fetch('/console/session', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ code }),
      });
      if (response.ok) take(await response.json());
      else problem = (await response.json()).error.message;
    }
  } catch (error) {
    problem = error.message;
  }
  setInterval(() => renew().catch(() => {}), RENEW_MS);
  session.dispatchEvent(new Event('change'));
  return problem;
}

/** Takes a key or token, once the server has taken it. */
export async function signIn(given) {
  const before = credential;
  credential = given.trim();
  try {
    await api('/api/history?channel=console-trial&last=1');
  } catch (error) {
    // 403 and 404 are answers to somebody who is known.
    if (error.status === 401 || error.status === undefined) {
      credential = before;
      throw error;
    }
  }
  sessionStorage.setItem(KEPT, credential);
  session.dispatchEvent(new Event('change'));
}

export async function signOut() {
  if (how() === 'link') await api('/console/session', { method: 'DELETE' }).catch(() => {});
  credential = '';
  isOpen = false;
  proof = null;
  localStorage.removeItem(PROOF);
  sessionStorage.removeItem(KEPT);
  session.dispatchEvent(new Event('change'));
}
