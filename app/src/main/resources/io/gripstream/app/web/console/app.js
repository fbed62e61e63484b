// The console: signs in, and shows one view at a time.

import { $, say } from './dom.js';
import { authorized, begin, how, isSignedIn, session, signIn, signOut } from './session.js';
import { start as startWatch } from './watch.js';
import { start as startPublish } from './publish.js';
import { start as startTrials } from './trials.js';
import { start as startHealth } from './health.js';

const VIEWS = ['events', 'recovery', 'health'];

function show() {
  const wanted = VIEWS.includes(location.hash.slice(1)) ? location.hash.slice(1) : VIEWS[0];
  for (const view of VIEWS) {
    $(`view-${view}`).hidden = view !== wanted;
    const link = $(`to-${view}`);
    if (view === wanted) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${$(`to-${wanted}`).textContent} · Gripstream`;
}

function tellSession() {
  const until = session.until?.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
  $('who').textContent = {
    key: 'Signed in, in this tab',
    link: `Signed in until ${until}`,
    none: 'Not signed in',
  }[how()];
  $('sign').textContent = isSignedIn() ? 'Sign out' : 'Sign in';
  $('demos').hidden = session.demos !== true;
  for (const button of document.querySelectorAll('[data-needs=key]')) button.disabled = !isSignedIn();
  $('trials-note').hidden = isSignedIn();
}

function signingIn() {
  $('sign').addEventListener('click', () => {
    if (isSignedIn()) {
      signOut();
    } else {
      say('sign-problem', '');
      $('sign-in').showModal();
    }
  });
  $('sign-cancel').addEventListener('click', () => $('sign-in').close());
  $('sign-form').addEventListener('submit', async (submit) => {
    submit.preventDefault();
    try {
      await signIn($('credential').value);
      $('credential').value = '';
      $('sign-in').close();
    } catch (error) {
      say('sign-problem', error.message, 'bad');
    }
  });
}

addEventListener('hashchange', show);
session.addEventListener('change', tellSession);
signingIn();
const problem = await begin();
show();
if (problem !== null) {
  say('sign-problem', problem, 'bad');
  $('sign-in').showModal();
}
startWatch();
startPublish();
startTrials();
startHealth(authorized);
document.documentElement.dataset.ready = 'yes';
