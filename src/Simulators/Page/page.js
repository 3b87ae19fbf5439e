'use strict';

const texts = {
  fr: {
    title: 'Simulateur Twilio', conversations: 'Conversations',
    empty: 'Aucun message pour l’instant. Les messages envoyés par l’application apparaissent ici.',
    answer: 'Répondre en tant que destinataire…', send: 'Envoyer', faults: 'Pannes simulées',
    faultsHint: 'Pourcentage de requêtes ou de webhooks concernés, de 0 à 100.',
    first: 'Nouveau message entrant', from: 'De', to: 'À', text: 'Texte', magic: 'Numéros de test', numbers: 'Numéros achetés',
    more: 'Expéditeurs et réinitialisation',
    sandbox: 'Bac à sable WhatsApp :', reset: 'Tout réinitialiser',
    sure: 'Supprimer tous les messages et rétablir les réglages de départ ?', apply: 'Appliquer', none: 'Aucune panne',
    accepted: 'Acceptés', delivered: 'Distribués', read: 'Lus', waiting: 'En cours', failed: 'Échecs', refused: 'Refusés',
    idle: 'inactif', busy: 'en activité', off: 'simulateur injoignable', back: 'Retour aux conversations', you: 'destinataire',
    automatic: 'réponse automatique',
    noWebhook: 'aucun webhook',
    webhook: (status) => `webhook : ${status === 0 ? 'injoignable' : status === null ? 'non appelé' : status}`, perSecond: '/s',
    segments: 'segments',
    status: {
      queued: 'en file d’attente', accepted: 'accepté', scheduled: 'programmé', sending: 'envoi en cours',
      sent: 'envoyé', delivered: 'distribué', read: 'lu', undelivered: 'non distribué',
      failed: 'échec', canceled: 'annulé', received: 'reçu',
    },
    fault: {
      latencyMs: 'Latence (ms)', tooManyRequests: 'Erreur 429 (trop de requêtes)', serverError: 'Erreur 500',
      unavailable: 'Erreur 503 (page HTML)',
      hangBefore: 'Pas de réponse, message non accepté', hangAfter: 'Message accepté, pas de réponse',
      cutBefore: 'Connexion coupée avant acceptation', cutAfter: 'Connexion coupée après acceptation',
      earlyCallback: 'Webhook de statut avant la réponse',
      duplicateCallback: 'Webhooks de statut en triple', shuffleCallback: 'Webhooks de statut dans le désordre',
      lateCallback: 'Webhooks de statut en retard',
      dropCallback: 'Webhooks de statut perdus',
    },
  },
  en: {
    title: 'Twilio simulator', conversations: 'Conversations', empty: 'No messages yet. Messages that the app sends appear here.',
    answer: 'Reply as the recipient…', send: 'Send', faults: 'Simulated faults',
    faultsHint: 'Percentage of requests or callbacks affected, 0 to 100.',
    first: 'New inbound message', from: 'From', to: 'To', text: 'Text', magic: 'Test numbers', numbers: 'Owned numbers',
    more: 'Senders and reset',
    sandbox: 'WhatsApp sandbox:', reset: 'Reset everything',
    sure: 'Delete all messages and restore the initial settings?', apply: 'Apply', none: 'No fault',
    accepted: 'Accepted', delivered: 'Delivered', read: 'Read', waiting: 'In progress', failed: 'Failed', refused: 'Refused',
    idle: 'idle', busy: 'active', off: 'simulator unreachable', back: 'Back to conversations', you: 'recipient',
    automatic: 'automatic reply',
    noWebhook: 'no webhook',
    webhook: (status) => `webhook: ${status === 0 ? 'unreachable' : status === null ? 'not called' : status}`, perSecond: '/s',
    segments: 'segments',
    status: {},
    fault: {
      latencyMs: 'Latency (ms)', tooManyRequests: '429 too many requests', serverError: 'Error 500', unavailable: '503 in HTML',
      hangBefore: 'No answer, not accepted', hangAfter: 'Accepted, no answer',
      cutBefore: 'Cut before acceptance', cutAfter: 'Cut after acceptance', earlyCallback: 'Callback before the answer',
      duplicateCallback: 'Callbacks three times', shuffleCallback: 'Callbacks shuffled', lateCallback: 'Callbacks late',
      dropCallback: 'Callbacks lost',
    },
  },
};

const $ = (id) => document.getElementById(id);
let language = localStorage.getItem('language') ?? 'fr';
let open = null;
let shownVersion = -1;
let overview = null;
let outcomes = [];
const t = () => texts[language];

function element(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter((child) => child !== null));
  return node;
}

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error ?? answer.statusText);
  return json;
}

function translate() {
  document.documentElement.lang = language;
  document.title = t().title;
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = t()[node.dataset.text];
  for (const node of document.querySelectorAll('[data-placeholder]')) node.placeholder = t()[node.dataset.placeholder];
  $('language').textContent = language === 'fr' ? 'EN' : 'FR';
  $('language').setAttribute('aria-label', language === 'fr' ? 'English' : 'Français');
  $('back').setAttribute('aria-label', t().back);
  $('quick').replaceChildren(...['Oui', 'Merci 👍', 'CONFIRMER', 'AIDE', 'STOP', 'START'].map((word) =>
    element('button', { type: 'button', textContent: word, onclick: () => answer(word) })));
  buildFaults();
  showOutcomes();
  shownVersion = -1;
}

// Returns the text of an outcome. The server sends it in English, so the French texts are here.
function meaning(outcome) {
  if (language !== 'fr') return outcome.meaning;
  const [, kind, code] = /^(undelivered|failed|refused)-(\d+)$/.exec(outcome.name) ?? [];
  if (kind) {
    return {
      undelivered: `envoyé, puis non distribué (${code})`,
      failed: `échec (${code})`,
      refused: `refusé immédiatement (${code})`,
    }[kind];
  }
  return {
    delivered: 'distribué, jamais lu',
    read: 'distribué et lu',
    'busy-429': 'erreur 429 (20429), non accepté',
    'error-500': 'erreur 500 (20500), non accepté',
    'unavailable-503': 'erreur 503 (page HTML), non accepté',
    'hang-before': 'pas de réponse, non accepté',
    'hang-after': 'accepté, mais pas de réponse',
    'cut-before': 'connexion coupée, non accepté',
    'cut-after': 'accepté, puis connexion coupée',
    'early-callback': 'un webhook de statut précède la réponse',
    'duplicate-callbacks': 'chaque webhook de statut trois fois',
    'shuffled-callbacks': 'webhooks de statut dans l’ordre inverse',
    'late-callbacks': 'webhooks de statut en retard',
    'dropped-callbacks': 'aucun webhook de statut',
    'stays-sent': 'reste au statut « envoyé »',
    'busy-once': 'erreur 429 la première fois, distribué ensuite',
    'unavailable-once': 'erreur 503 (page HTML) la première fois, distribué ensuite',
    'undelivered-once-30003': 'non distribué (30003) la première fois, distribué ensuite',
    lost: 'accepté, connexion coupée, aucun webhook de statut',
    'cut-after-once': 'accepté, connexion coupée la première fois, distribué ensuite',
    'duplicate-shuffled-late': 'webhooks de statut en triple, dans l’ordre inverse et en retard',
  }[outcome.name] ?? outcome.meaning;
}

function channel(address) { return address.startsWith('whatsapp:') ? 'WhatsApp' : 'SMS'; }
function number(address) { return address.replace('whatsapp:', ''); }
function time(at) { return new Date(at).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', second: '2-digit' }); }

function statusOf(message) {
  const name = t().status[message.status] ?? message.status;
  return element('span', {
    className: `status ${message.status}`,
    textContent: message.errorCode ? `${name} ${message.errorCode}` : name,
  });
}

function showCounters() {
  const s = overview.statuses;
  const of = (...names) => names.reduce((sum, name) => sum + (s[name] ?? 0), 0);
  const total = Object.values(s).reduce((a, b) => a + b, 0);
  const refused = Object.values(overview.refused).reduce((a, b) => a + b, 0);
  const counters = [
    ['accepted', total], ['waiting', of('queued', 'accepted', 'scheduled', 'sending', 'sent')], ['delivered', of('delivered', 'read')],
    ['read', of('read')], ['failed', of('failed', 'undelivered')], ['refused', refused]];
  $('counters').replaceChildren(...counters.map(([name, value]) =>
    element(
      'li', { className: (name === 'failed' || name === 'refused') && value ? 'bad' : '' },
      element('strong', { textContent: value.toLocaleString(language) }), t()[name])));
  document.body.classList.toggle('busy', !overview.isIdle);
  $('state').textContent = overview.isIdle ? t().idle : t().busy;
}

function showConversations() {
  const focused = document.activeElement?.dataset?.key;
  $('conversations').replaceChildren(...overview.conversations.map((c) => {
    const key = keyOf(c);
    const button = element('button', { type: 'button', onclick: () => show(c) },
      element('span', { className: 'who', textContent: c.name }),
      statusOf(c.last),
      element('span', { className: 'number', textContent: number(c.contact) }),
      element('span', { className: 'number', textContent: channel(c.contact) }),
      element('span', { className: 'last', textContent: `${c.last.direction === 'inbound' ? '← ' : ''}${c.last.body}` }));
    button.dataset.key = key;
    button.setAttribute('aria-current', String(open !== null && key === open.key));
    return element('li', {}, button);
  }));
  if (focused) [...document.querySelectorAll('[data-key]')].find((b) => b.dataset.key === focused)?.focus();
}

function showSenders() {
  $('senders').replaceChildren(...overview.senders.map((s) => element(
    'li', {}, s.address + (s.ratePerSecond ? ` · ${s.ratePerSecond}${t().perSecond}` : ''),
    element('span', { textContent: s.inboundUrl ?? t().noWebhook }))));
  $('join').textContent = `join ${overview.joinCode}`;
  const selected = $('first-to').value;
  $('first-to').replaceChildren(...overview.senders.map((s) =>
    element('option', { value: s.address, textContent: s.address, selected: s.address === selected })));
}

function showNumbers() {
  $('numbers-count').textContent = `(${overview.numbers.length})`;
  $('numbers').replaceChildren(...overview.numbers.map((n) => element('li', {},
    n.friendlyName && n.friendlyName !== n.phoneNumber ? `${n.phoneNumber} · ${n.friendlyName}` : n.phoneNumber,
    element('span', { textContent: `${n.account} · ${n.accountSid}` }),
    element('span', { textContent: n.url || t().noWebhook }))));
}

const keyOf = (c) => `${c.accountSid} ${c.sender} ${c.contact}`;

function showOutcomes() {
  $('outcomes').replaceChildren(...outcomes.map((o) => element(
    'tr', {}, element('td', { textContent: o.numbers }), element('td', { textContent: meaning(o) }))));
}

async function show(conversation, focus = true) {
  open = { ...conversation, key: keyOf(conversation) };
  history.replaceState(null, '', `#${encodeURIComponent(open.key)}`);
  $('contact').textContent = `${conversation.name} ${number(conversation.contact)}`;
  $('sender').textContent = `${channel(conversation.contact)} · ${number(conversation.sender)}`;
  $('result').textContent = '';
  $('thread').hidden = false;
  document.body.classList.add('open');
  showConversations();
  await showMessages(true);
  if (focus) $('body').focus({ preventScroll: true });
}

// Opens the conversation that the URL names. Otherwise a wide screen opens the first conversation of the list.
async function showFirst() {
  const requested = decodeURIComponent(location.hash.slice(1));
  const found = overview.conversations.find((c) => keyOf(c) === requested);
  const wide = matchMedia('(min-width: 900px)').matches;
  if (found || (wide && overview.conversations.length > 0)) await show(found ?? overview.conversations[0], false);
}

async function showMessages(toEnd) {
  if (!open) return;
  const list = $('messages');
  const atEnd = toEnd || list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const conversation = `contact=${encodeURIComponent(open.contact)}&sender=${encodeURIComponent(open.sender)}`;
  const messages = await call('GET', `/_sim/messages?limit=200&${conversation}`);
  list.replaceChildren(...messages.map((m) => element('li', { className: m.direction === 'inbound' ? 'in' : 'out' }, m.body,
    element(
      'small', {}, `${time(m.at)} · `,
      m.direction === 'inbound' ? t().you : m.direction === 'outbound-reply' ? t().automatic : statusOf(m),
      m.segments > 1 && channel(m.contact) === 'SMS' ? ` · ${m.segments} ${t().segments}` : null))));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function close() {
  const key = open?.key;
  open = null;
  history.replaceState(null, '', '#');
  $('thread').hidden = true;
  document.body.classList.remove('open');
  if (overview) showConversations();
  [...document.querySelectorAll('[data-key]')].find((b) => b.dataset.key === key)?.focus();
}

async function answer(text) {
  if (!open || !text.trim()) return;
  try {
    const result = await call('POST', '/_sim/inbound', { from: open.contact, to: open.sender, body: text, accountSid: open.accountSid });
    $('body').value = '';
    $('result').textContent = t().webhook(result.webhookStatus);
  } catch (error) {
    $('result').textContent = error.message;
  }
  await refresh(true);
}

function buildFaults() {
  const current = overview?.faults ?? {};
  const fields = Object.entries(t().fault).map(([name, label]) => {
    const share = name !== 'latencyMs';
    const value = Math.round((current[name] ?? 0) * (share ? 100 : 1));
    const input = element('input', { type: 'number', name, min: 0, max: share ? 100 : 60000, step: 1, inputMode: 'numeric', value });
    return element('label', {}, label, input);
  });
  $('faults').replaceChildren(...fields, element('div', { className: 'buttons' },
    element('button', { type: 'submit', textContent: t().apply }),
    element('button', { type: 'button', textContent: t().none, onclick: () => setFaults({}) })));
}

async function setFaults(faults) {
  await call('PUT', '/_sim/faults', faults);
  await refresh(true);
  buildFaults();
}

async function refresh(force) {
  try {
    overview = await call('GET', '/_sim/overview');
  } catch {
    $('state').textContent = t().off;
    document.body.classList.add('busy');
    return;
  }
  showCounters();
  showNumbers();
  if (!force && overview.version === shownVersion) return;
  const first = shownVersion === -1;
  shownVersion = overview.version;
  showConversations();
  if (first) { showSenders(); buildFaults(); }
  if (!open) await showFirst();
  await showMessages(false);
}

async function start() {
  translate();
  $('language').onclick = () => {
    language = language === 'fr' ? 'en' : 'fr';
    localStorage.setItem('language', language);
    translate();
    refresh(true);
  };
  $('back').onclick = close;
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && open) close(); });
  $('answer').onsubmit = (event) => { event.preventDefault(); answer($('body').value); };
  $('first').onsubmit = async (event) => {
    event.preventDefault();
    const to = $('first-to').value;
    const plain = number($('first-from').value.trim());
    const from = to.startsWith('whatsapp:') ? `whatsapp:${plain}` : plain;
    await call('POST', '/_sim/inbound', { from, to, body: $('first-body').value });
    await refresh(true);
    const conversation = overview.conversations.find((c) => c.contact === from && c.sender === to);
    if (conversation) show(conversation);
  };
  $('faults').onsubmit = (event) => {
    event.preventDefault();
    const faults = { ...overview.faults };
    for (const input of $('faults').querySelectorAll('input')) {
      faults[input.name] = input.name === 'latencyMs' ? Number(input.value) : Number(input.value) / 100;
    }
    setFaults(faults);
  };
  $('reset').onclick = async () => {
    if (!confirm(t().sure)) return;
    await call('POST', '/_sim/reset');
    close();
    refresh(true);
  };
  outcomes = await call('GET', '/_sim/outcomes');
  showOutcomes();
  await refresh(true);
  const tick = async () => { if (!document.hidden) await refresh(false); setTimeout(tick, 1000); };
  setTimeout(tick, 1000);
}

start();
