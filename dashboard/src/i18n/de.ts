/** Was die Seite auf Deutsch sagt. */
import type { Messages } from './en.ts';

export const de: Messages = {
  languageName: 'Deutsch',
  skip: 'Zum Inhalt springen',
  nav: {
    label: 'Seiten',
    chain: 'Kette',
    mempool: 'Mempool',
    mine: 'Schürfen',
    network: 'Netz',
    charts: 'Diagramme',
    wallet: 'Wallet',
    learn: 'Lernen',
    tools: 'Werkzeuge',
    api: 'API',
  },
  search: {
    label: 'Suche',
    placeholder: 'Höhe, Hash, Adresse  ( / )',
    go: 'Finden',
    searching: 'Suche läuft…',
    nothing: (tried) => `Nichts gefunden. Versucht als: ${tried}.`,
    notUnderstood:
      'Eine Höhe ist eine Zahl, ein Hash oder eine Txid hat 64 Hex-Ziffern, eine Adresse 40. Dies ist nichts davon.',
    asHeight: 'Höhe eines Blocks',
    asBlock: 'Hash eines Blocks',
    asTx: 'Txid',
    asAddress: 'Adresse',
    close: 'Schließen',
  },
  connection: {
    connecting: 'Verbinde…',
    live: 'Live',
    reconnecting: (time) => `Verbinde neu — Daten von ${time}`,
    reconnectingEmpty: 'Verbinde neu…',
    closed: 'Nicht verbunden',
  },
  theme: { label: 'Farben', auto: 'Auto', light: 'Hell', dark: 'Dunkel' },
  language: 'Sprache',
  loading: 'Lädt…',
  retry: 'Noch einmal',
  failed: 'Das ging nicht',
  behind: 'der Aufruf dahinter',
  token: {
    enter: 'API-Token eingeben…',
    short: 'Token',
    inUse: 'API-Token in Gebrauch: ändern oder vergessen',
  },
  copy: { copy: 'Kopieren', copied: '✓ Kopiert', failed: '✕ Nicht kopiert' },
  reward: {
    current: (short) => `Belohnungen gehen an ${short}`,
    change: 'Ändern',
  },
  notFound: {
    title: 'Keine solche Seite',
    text: (path) => `Unter ${path} ist nichts.`,
    home: 'Zurück zur Kette',
  },
  status: {
    active: 'auf der aktiven Kette',
    'valid-fork': 'verwaist',
    'headers-only': 'nur Header',
    invalid: 'ungültig',
    you: 'du',
    minedByYou: 'von dir geschürft',
  },
};
