'use strict';

const texts = {
  fr: {
    title: 'Simulateur Twilio', conversations: 'Conversations', empty: 'Aucun message pour l’instant. Ce que l’application envoie apparaît ici.',
    answer: 'Répondre à sa place…', send: 'Envoyer', faults: 'Pannes', faultsHint: 'Part des requêtes ou des rappels touchés, de 0 à 100 %.',
    first: 'Écrire en premier', from: 'De', to: 'À', text: 'Texte', magic: 'Numéros magiques', more: 'Expéditeurs et remise à zéro',
    sandbox: 'Bac à sable WhatsApp :', reset: 'Tout effacer', sure: 'Effacer tous les messages et toutes les pannes ?', apply: 'Appliquer', none: 'Aucune panne',
    accepted: 'Acceptés', delivered: 'Livrés', read: 'Lus', waiting: 'En cours', failed: 'Échecs', refused: 'Refusés',
    idle: 'au repos', busy: 'en cours', off: 'simulateur injoignable', back: 'Retour aux conversations', you: 'vous', automatic: 'réponse automatique',
    noWebhook: 'aucun webhook', webhook: (s) => `webhook : ${s === 0 ? 'injoignable' : s === null ? 'non appelé' : s}`, perSecond: '/s', segments: 'segments',
    status: { queued: 'en file', accepted: 'accepté', scheduled: 'programmé', sending: 'en envoi', sent: 'envoyé', delivered: 'livré', read: 'lu', undelivered: 'non livré', failed: 'échec', canceled: 'annulé', received: 'reçu' },
    fault: {
      latencyMs: 'Latence (ms)', tooManyRequests: '429 trop de requêtes', serverError: 'Erreur 500', unavailable: '503 en HTML', hangBefore: 'Sans réponse, non accepté', hangAfter: 'Accepté, sans réponse',
      cutBefore: 'Coupé avant acceptation', cutAfter: 'Coupé après acceptation', earlyCallback: 'Rappel avant la réponse', duplicateCallback: 'Rappels en triple', shuffleCallback: 'Rappels mélangés', lateCallback: 'Rappels en retard', dropCallback: 'Rappels perdus',
    },
  },
  en: {
    title: 'Twilio simulator', conversations: 'Conversations', empty: 'No message yet. What the app sends appears here.',
    answer: 'Answer in their place…', send: 'Send', faults: 'Faults', faultsHint: 'Share of the requests or callbacks that meet it, 0 to 100 %.',
    first: 'Write first', from: 'From', to: 'To', text: 'Text', magic: 'Magic numbers', more: 'Senders and reset',
    sandbox: 'WhatsApp sandbox:', reset: 'Clear everything', sure: 'Clear all messages and all faults?', apply: 'Apply', none: 'No fault',
    accepted: 'Accepted', delivered: 'Delivered', read: 'Read', waiting: 'Under way', failed: 'Failed', refused: 'Refused',
    idle: 'idle', busy: 'at work', off: 'simulator unreachable', back: 'Back to the conversations', you: 'you', automatic: 'automatic answer',
    noWebhook: 'no webhook', webhook: (s) => `webhook: ${s === 0 ? 'unreachable' : s === null ? 'not called' : s}`, perSecond: '/s', segments: 'segments',
    status: {},
    fault: {
      latencyMs: 'Latency (ms)', tooManyRequests: '429 too many requests', serverError: 'Error 500', unavailable: '503 in HTML', hangBefore: 'No answer, not accepted', hangAfter: 'Accepted, no answer',
      cutBefore: 'Cut before acceptance', cutAfter: 'Cut after acceptance', earlyCallback: 'Callback before the answer', duplicateCallback: 'Callbacks three times', shuffleCallback: 'Callbacks shuffled', lateCallback: 'Callbacks late', dropCallback: 'Callbacks lost',
    },
  },
};

const $ = (id) => document.getElementById(id);
let language = localStorage.getItem('language') ?? 'fr';
let open = null;
let shownVersion = -1;
let overview = null;
const t = () => texts[language];

function element(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter((child) => child !== null));
  return node;
}

async function call(method, path, body) {
  const answer = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
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
  shownVersion = -1;
}

function channel(address) { return address.startsWith('whatsapp:') ? 'WhatsApp' : 'SMS'; }
function number(address) { return address.replace('whatsapp:', ''); }
function time(at) { return new Date(at).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', second: '2-digit' }); }

function statusOf(message) {
  const name = t().status[message.status] ?? message.status;
  return element('span', { className: `status ${message.status}`, textContent: message.errorCode ? `${name} ${message.errorCode}` : name });
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
    element('li', { className: (name === 'failed' || name === 'refused') && value ? 'bad' : '' }, element('strong', { textContent: value.toLocaleString(language) }), t()[name])));
  document.body.classList.toggle('busy', !overview.isIdle);
  $('state').textContent = overview.isIdle ? t().idle : t().busy;
}

function showConversations() {
  const focused = document.activeElement?.dataset?.key;
  $('conversations').replaceChildren(...overview.conversations.map((c) => {
    const key = `${c.accountSid} ${c.sender} ${c.contact}`;
    const button = element('button', { type: 'button', onclick: () => show(c) },
      element('span', { className: 'who' }, c.name, element('span', { className: 'number', textContent: number(c.contact) })),
      statusOf(c.last),
      element('span', { className: 'last', textContent: `${c.last.direction === 'inbound' ? '← ' : ''}${c.last.body}` }),
      element('span', { className: 'last', textContent: channel(c.contact) }));
    button.dataset.key = key;
    button.setAttribute('aria-current', String(open !== null && key === open.key));
    return element('li', {}, button);
  }));
  if (focused) [...document.querySelectorAll('[data-key]')].find((b) => b.dataset.key === focused)?.focus();
}

function showSenders() {
  $('senders').replaceChildren(...overview.senders.map((s) => element('li', {}, s.address + (s.ratePerSecond ? ` · ${s.ratePerSecond}${t().perSecond}` : ''),
    element('span', { textContent: s.inboundUrl ?? t().noWebhook }))));
  $('join').textContent = `join ${overview.joinCode}`;
  const selected = $('first-to').value;
  $('first-to').replaceChildren(...overview.senders.map((s) => element('option', { value: s.address, textContent: s.address, selected: s.address === selected })));
}

async function show(conversation) {
  open = { ...conversation, key: `${conversation.accountSid} ${conversation.sender} ${conversation.contact}` };
  $('contact').textContent = `${conversation.name} ${number(conversation.contact)}`;
  $('sender').textContent = `${channel(conversation.contact)} · ${number(conversation.sender)}`;
  $('result').textContent = '';
  $('thread').hidden = false;
  document.body.classList.add('open');
  showConversations();
  await showMessages(true);
  $('body').focus({ preventScroll: true });
}

async function showMessages(toEnd) {
  if (!open) return;
  const list = $('messages');
  const atEnd = toEnd || list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const messages = await call('GET', `/_sim/messages?limit=200&contact=${encodeURIComponent(open.contact)}&sender=${encodeURIComponent(open.sender)}`);
  list.replaceChildren(...messages.map((m) => element('li', { className: m.direction === 'inbound' ? 'in' : 'out' }, m.body,
    element('small', {}, `${time(m.at)} · `, m.direction === 'inbound' ? t().you : m.direction === 'outbound-reply' ? t().automatic : statusOf(m),
      m.segments > 1 ? ` · ${m.segments} ${t().segments}` : null))));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function close() {
  const key = open?.key;
  open = null;
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
    const input = element('input', { type: 'number', name, min: 0, max: share ? 100 : 60000, step: 1, inputMode: 'numeric', value: Math.round((current[name] ?? 0) * (share ? 100 : 1)) });
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
  if (!force && overview.version === shownVersion) return;
  const first = shownVersion === -1;
  shownVersion = overview.version;
  showConversations();
  if (first) { showSenders(); buildFaults(); }
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
    for (const input of $('faults').querySelectorAll('input')) faults[input.name] = input.name === 'latencyMs' ? Number(input.value) : Number(input.value) / 100;
    setFaults(faults);
  };
  $('reset').onclick = async () => {
    if (!confirm(t().sure)) return;
    await call('POST', '/_sim/reset');
    close();
    refresh(true);
  };
  const outcomes = await call('GET', '/_sim/outcomes');
  $('outcomes').replaceChildren(...outcomes.map((o) => element('tr', {}, element('td', { textContent: o.numbers }), element('td', { textContent: o.meaning }))));
  await refresh(true);
  const tick = async () => { if (!document.hidden) await refresh(false); setTimeout(tick, 1000); };
  setTimeout(tick, 1000);
}

start();
